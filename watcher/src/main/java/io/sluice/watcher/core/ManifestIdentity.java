package io.sluice.watcher.core;

import io.sluice.model.Metadata;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Gives objects of manifest files the identity that an API server would: a creation time and uid
 * that stay the same as long as the object is there, and a generation that rises when its content
 * changes. What was published before is the memory; what the file says itself is left as it is.
 */
final class ManifestIdentity {

  private ManifestIdentity() {}

  static Observed complete(
      Observed read, Optional<Observed> published, long nowMillis, Supplier<String> newUid) {
    Metadata said = read.metadata();
    Optional<Observed> before =
        published.filter(
            known -> said.uid().isEmpty() || said.uid().equals(known.metadata().uid()));
    String uid =
        !said.uid().isEmpty()
            ? said.uid()
            : before.map(known -> known.metadata().uid()).orElseGet(newUid);
    long createdAt =
        said.createdAtMillis() != 0
            ? said.createdAtMillis()
            : before.map(known -> known.metadata().createdAtMillis()).orElse(nowMillis);
    long generation =
        said.generation() != 0
            ? said.generation()
            : before.map(known -> nextGeneration(known, read)).orElse(1L);
    return read.withMetadata(new Metadata(uid, said.resourceVersion(), generation, createdAt));
  }

  private static long nextGeneration(Observed known, Observed read) {
    long generation = known.metadata().generation();
    return known.sameContent(read) ? generation : generation + 1;
  }
}
