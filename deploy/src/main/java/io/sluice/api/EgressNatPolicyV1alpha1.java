package io.sluice.api;

import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** An egress policy in its first version, which manifests for the original are written in. */
@Group("networking.gke.io")
@Version(value = "v1alpha1", storage = false)
@Kind("EgressNATPolicy")
@Plural("egressnatpolicies")
@Singular("egressnatpolicy")
@ShortNames("enp")
public final class EgressNatPolicyV1alpha1 extends Policy {

  private static final long serialVersionUID = 1L;
}
