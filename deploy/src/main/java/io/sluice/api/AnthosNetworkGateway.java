package io.sluice.api;

import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A pool of floating IPs under its first name. */
@Group("networking.gke.io")
@Version("v1alpha1")
@Plural("anthosnetworkgateways")
@ShortNames("ang")
public final class AnthosNetworkGateway extends Gateway {

  private static final long serialVersionUID = 1L;
}
