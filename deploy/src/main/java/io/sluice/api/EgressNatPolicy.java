package io.sluice.api;

import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** An egress policy in the version that is stored, watched and written. */
@Group("networking.gke.io")
@Version("v1")
@Kind("EgressNATPolicy")
@Plural("egressnatpolicies")
@Singular("egressnatpolicy")
@ShortNames("enp")
public final class EgressNatPolicy extends Policy {

  private static final long serialVersionUID = 1L;
}
