package io.sluice.watcher.core;

import io.sluice.model.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** What has to be published so that a topic says what the source says. */
public final class Difference {

  private Difference() {}

  /**
   * The changes for one object: nothing if the topic says the same apart from the resource version;
   * a tombstone before the value if another object has taken the name, so that nobody takes the new
   * one for the old.
   */
  public static List<Change> ofObject(
      ObjectId id, Optional<Observed> known, Optional<Observed> wanted) {
    if (wanted.isEmpty()) {
      return known.isEmpty() ? List.of() : List.of(Change.tombstone(id));
    }
    Change put = Change.put(id, wanted.get());
    if (known.isEmpty()) {
      return List.of(put);
    }
    if (!known.get().metadata().uid().equals(wanted.get().metadata().uid())) {
      return List.of(Change.tombstone(id), put);
    }
    return known.get().sameButForVersion(wanted.get()) ? List.of() : List.of(put);
  }

  /**
   * The changes for all objects. Workloads that are gone come first, because their addresses may
   * already belong to others; resources that are gone come last, because a policy that only changed
   * its name must not leave its Pods without one in between.
   */
  public static List<Change> ofAll(
      SortedMap<ObjectId, Observed> known, SortedMap<ObjectId, Observed> wanted) {
    List<Change> goneWorkloads = new ArrayList<>();
    List<Change> present = new ArrayList<>();
    List<Change> goneResources = new ArrayList<>();
    SortedSet<ObjectId> ids = new TreeSet<>(known.keySet());
    ids.addAll(wanted.keySet());
    for (ObjectId id : ids) {
      Optional<Observed> now = Optional.ofNullable(wanted.get(id));
      List<Change> group =
          now.isPresent()
              ? present
              : ApiType.of(id.kind()).isWorkload() ? goneWorkloads : goneResources;
      group.addAll(ofObject(id, Optional.ofNullable(known.get(id)), now));
    }
    List<Change> all = new ArrayList<>(goneWorkloads);
    all.addAll(present);
    all.addAll(goneResources);
    return all;
  }
}
