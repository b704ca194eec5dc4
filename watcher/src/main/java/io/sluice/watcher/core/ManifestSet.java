package io.sluice.watcher.core;

import io.sluice.model.Kind;
import io.sluice.model.ObjectId;
import io.sluice.model.Status;
import io.sluice.model.Status.Condition;
import io.sluice.model.Status.Truth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * What all manifest files say together. The first file by name wins where two name one object. A
 * file that is not wholly understood removes nothing: what it said before stays, so that a typing
 * error does not delete objects.
 */
public final class ManifestSet {

  /** The file is no YAML, or cannot be read. */
  public static final String UNPARSABLE = "Unparsable";

  /** An object in the file has no name, or is a Namespace or Pod with wrong fields. */
  public static final String MALFORMED = "Malformed";

  /** An object in the file is also in an earlier one. */
  public static final String DUPLICATE = "Duplicate";

  private final Map<String, SortedMap<ObjectId, Observed>> lastSaid = new HashMap<>();
  private final Set<String> suspects = new TreeSet<>();

  /**
   * Objects of the topic that no file has named since the start. They may be those of a file that
   * has not been understood yet, and stay until every such file is.
   */
  private final SortedMap<ObjectId, Observed> orphans;

  private SortedMap<ObjectId, Observed> objects;
  private SortedMap<ObjectId, Status> statuses;
  private boolean first = true;

  /**
   * A set that continues from what the topics hold.
   *
   * @param objects the objects as they were last published
   * @param statuses the statuses of files as they were last published
   */
  public ManifestSet(SortedMap<ObjectId, Observed> objects, SortedMap<ObjectId, Status> statuses) {
    this.objects = new TreeMap<>(objects);
    this.statuses = new TreeMap<>(statuses);
    this.orphans = new TreeMap<>(objects);
  }

  /**
   * Takes what is in the directory now and says what follows from it.
   *
   * @param files all files by name
   * @param newUid makes identities for objects that are new
   */
  public Outcome accept(
      SortedMap<String, ManifestFile> files, long nowMillis, Supplier<String> newUid) {
    SortedMap<String, FileReading> readings = new TreeMap<>();
    files.forEach((name, file) -> readings.put(name, FileReading.of(file)));
    rememberWhatFilesSay(readings);
    SortedMap<String, Problem> problems = new TreeMap<>();
    SortedMap<ObjectId, Observed> wanted = unite(readings, problems);
    readings.forEach(
        (name, reading) -> reading.problem().ifPresent(problem -> problems.put(name, problem)));
    wanted.replaceAll((id, object) ->
        ManifestIdentity.complete(object, Optional.ofNullable(objects.get(id)), nowMillis, newUid));
    orphans.keySet().removeAll(wanted.keySet());
    if (suspects.isEmpty()) {
      orphans.clear();
    }
    wanted.putAll(orphans);
    objects = wanted;
    statuses = statuses(problems, nowMillis);
    SortedSet<String> ignored = new TreeSet<>();
    readings.forEach(
        (name, reading) -> reading.foreign().forEach(kind -> ignored.add(name + ": " + kind)));
    return new Outcome(objects, statuses, ignored, new TreeSet<>(orphans.keySet()));
  }

  private void rememberWhatFilesSay(SortedMap<String, FileReading> readings) {
    lastSaid.keySet().retainAll(readings.keySet());
    suspects.retainAll(readings.keySet());
    readings.forEach((name, reading) -> {
      SortedMap<ObjectId, Observed> says = new TreeMap<>();
      if (reading.problem().isPresent()) {
        says.putAll(lastSaid.getOrDefault(name, new TreeMap<>()));
        if (first) {
          suspects.add(name);
        }
      } else {
        suspects.remove(name);
      }
      says.putAll(reading.objects());
      lastSaid.put(name, says);
    });
    first = false;
  }

  private SortedMap<ObjectId, Observed> unite(
      SortedMap<String, FileReading> readings, SortedMap<String, Problem> problems) {
    SortedMap<ObjectId, Observed> wanted = new TreeMap<>();
    Map<ObjectId, String> winner = new HashMap<>();
    readings.forEach((name, reading) -> {
      List<String> losses = new ArrayList<>();
      reading.repeated().forEach(id -> losses.add(id + " is twice in this file"));
      lastSaid
          .get(name)
          .forEach((id, object) -> {
            String earlier = winner.putIfAbsent(id, name);
            if (earlier == null) {
              wanted.put(id, object);
            } else {
              losses.add(id + " is in " + earlier + " already");
            }
          });
      if (!losses.isEmpty()) {
        problems.put(
            name,
            new Problem(
                DUPLICATE, String.join("; ", losses) + "; the first one counts, remove the other"));
      }
    });
    return wanted;
  }

  private SortedMap<ObjectId, Status> statuses(
      SortedMap<String, Problem> problems, long nowMillis) {
    SortedMap<ObjectId, Status> current = new TreeMap<>();
    problems.forEach((name, problem) -> {
      ObjectId file = new ObjectId(Kind.MANIFEST_FILE, "", name);
      long sinceMillis =
          Optional.ofNullable(statuses.get(file))
              .flatMap(status -> status.conditions().stream().findFirst())
              .map(Condition::sinceMillis)
              .orElse(nowMillis);
      current.put(
          file,
          Status.ofConditions(
              0,
              new Condition(
                  "Ready", Truth.FALSE, problem.reason(), problem.message(), sinceMillis)));
    });
    return current;
  }

  /** Why a file is not ready. */
  record Problem(String reason, String message) {}

  /**
   * What follows from the files.
   *
   * @param objects all objects that there are
   * @param statuses the files with which something is wrong, and what
   * @param ignored kinds that Sluice does not read, each with its file
   * @param held objects that no file names, kept because a file is not understood yet
   */
  public record Outcome(
      SortedMap<ObjectId, Observed> objects,
      SortedMap<ObjectId, Status> statuses,
      SortedSet<String> ignored,
      SortedSet<ObjectId> held) {}
}
