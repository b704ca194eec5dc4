/**
 * The edge to Linux: rtnetlink, nfnetlink, libnftables and packet sockets through the JDK's
 * foreign-function API. Nothing native leaves this package; {@link
 * io.sluice.agent.kernel.LinuxDataPlane} is its door. Needs CAP_NET_ADMIN and CAP_NET_RAW.
 */
package io.sluice.agent.kernel;
