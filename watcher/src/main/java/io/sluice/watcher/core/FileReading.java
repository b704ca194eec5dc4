package io.sluice.watcher.core;

import io.sluice.model.ObjectId;
import io.sluice.watcher.core.ManifestSet.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What was understood of one manifest file.
 *
 * @param objects its objects; the first where it names one twice
 * @param repeated the objects that it names twice
 * @param foreign the kinds that Sluice does not read
 * @param problem why it was not wholly understood
 */
record FileReading(
    SortedMap<ObjectId, Observed> objects,
    SortedSet<ObjectId> repeated,
    SortedSet<String> foreign,
    Optional<Problem> problem) {

  static FileReading of(ManifestFile file) {
    return switch (file) {
      case ManifestFile.Unparsable unparsable ->
          new FileReading(
              new TreeMap<>(),
              new TreeSet<>(),
              new TreeSet<>(),
              Optional.of(new Problem(ManifestSet.UNPARSABLE, unparsable.message())));
      case ManifestFile.Parsed parsed -> of(parsed);
    };
  }

  private static FileReading of(ManifestFile.Parsed file) {
    SortedMap<ObjectId, Observed> objects = new TreeMap<>();
    SortedSet<ObjectId> repeated = new TreeSet<>();
    SortedSet<String> foreign = new TreeSet<>();
    List<String> refusals = new ArrayList<>();
    for (Object document : file.documents()) {
      for (Reading reading : ObjectReader.readDocument(document)) {
        switch (reading) {
          case Reading.Understood(ObjectId id, Observed object) -> {
            if (objects.putIfAbsent(id, object) != null) {
              repeated.add(id);
            }
          }
          case Reading.Refused refused -> refusals.add(refused.message());
          case Reading.Foreign(String apiVersion, String kind) ->
              foreign.add(apiVersion + " " + kind);
        }
      }
    }
    Optional<Problem> problem =
        refusals.isEmpty()
            ? Optional.empty()
            : Optional.of(new Problem(ManifestSet.MALFORMED, String.join("; ", refusals)));
    return new FileReading(objects, repeated, foreign, problem);
  }
}
