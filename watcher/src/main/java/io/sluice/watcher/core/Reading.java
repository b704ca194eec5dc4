package io.sluice.watcher.core;

import io.sluice.model.MalformedResource.FieldError;
import io.sluice.model.ObjectId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What came out of reading one Kubernetes object. */
public sealed interface Reading {

  /**
   * The object can be published. One of ours with wrong fields is read as a {@link
   * io.sluice.model.MalformedResource}, whose status tells its owner.
   */
  record Understood(ObjectId id, Observed object) implements Reading {}

  /**
   * There is nothing to publish: it has no name that it could be published under, or it is a
   * Namespace or Pod with wrong fields (which an API server does not accept in the first place).
   *
   * @param id which object it is about, as far as that can be told
   */
  record Refused(Optional<ObjectId> id, List<FieldError> errors) implements Reading {

    public Refused {
      errors = List.copyOf(errors);
    }

    /** Everything that is wrong, in one line. */
    public String message() {
      String all = errors.stream().map(FieldError::toString).collect(Collectors.joining("; "));
      return id.map(known -> known + ": " + all).orElse(all);
    }
  }

  /** A kind that Sluice does not read. */
  record Foreign(String apiVersion, String kind) implements Reading {}
}
