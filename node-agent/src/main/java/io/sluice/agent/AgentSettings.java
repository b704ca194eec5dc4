package io.sluice.agent;

import io.sluice.agent.core.LeakGuardMode;
import java.time.Duration;

/**
 * What an agent is told at its start.
 *
 * @param node the node's name in Kubernetes
 * @param instance identifies the process
 * @param version the agent's version
 * @param lease how long a beat entitles to floating IPs
 * @param checkInterval how often the kernel is compared with what it is to hold, besides whenever
 *     it tells of a change
 * @param farewell how long a clean stop may take: to say so, and to learn where packets of this
 *     node's Pods go from now on
 * @param leakGuard what happens to packets of Pods that are not known yet
 */
public record AgentSettings(
    String node,
    String instance,
    String version,
    Duration lease,
    Duration checkInterval,
    Duration farewell,
    LeakGuardMode leakGuard) {}
