package io.sluice.watcher.core;

import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.StatusKey.Author;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What every author says of every object, and which of it has not been shown yet. */
public final class StatusBoard {

  private final Map<ObjectId, Map<Author, Status>> said = new HashMap<>();
  private SortedSet<ObjectId> changed = new TreeSet<>();

  /** An author says something of an object; empty takes back what it said. */
  public void accept(ObjectId subject, Author author, Optional<Status> status) {
    Map<Author, Status> authors = said.computeIfAbsent(subject, _ -> new EnumMap<>(Author.class));
    status.ifPresentOrElse(value -> authors.put(author, value), () -> authors.remove(author));
    if (authors.isEmpty()) {
      said.remove(subject);
    }
    changed.add(subject);
  }

  /** The objects of which something was said or taken back since the last call. */
  public SortedSet<ObjectId> takeChanged() {
    SortedSet<ObjectId> taken = changed;
    changed = new TreeSet<>();
    return taken;
  }

  /** The objects that somebody says something of. */
  public SortedSet<ObjectId> subjects() {
    return new TreeSet<>(said.keySet());
  }

  /** What to show on an object; empty if nobody says anything. */
  public Optional<Status> merged(ObjectId subject) {
    return Optional.ofNullable(said.get(subject))
        .map(authors -> StatusMerge.merge(new TreeMap<>(authors)));
  }
}
