package io.sluice.api;

import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A pool of floating IPs under its later name. */
@Group("networking.gke.io")
@Version("v1")
@Plural("networkgatewaygroups")
@ShortNames("ngg")
public final class NetworkGatewayGroup extends Gateway {

  private static final long serialVersionUID = 1L;
}
