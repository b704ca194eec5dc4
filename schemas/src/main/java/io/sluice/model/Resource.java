package io.sluice.model;

/** An object of {@code sluice.resources}: what allocation and selection are computed from. */
public sealed interface Resource permits Gateway, Policy, Node, MalformedResource {

  Metadata metadata();
}
