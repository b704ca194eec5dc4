package io.sluice.cli.bench;

import io.sluice.cli.lab.LabException;
import io.sluice.cli.lab.Program;
import io.sluice.schemas.AdminAnswer;
import io.sluice.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.GroupState;

/** Finds out which of several allocators allocates floating IPs. */
final class ActiveAllocator {

  private static final String GROUP = "sluice-allocation";
  private static final String CONSUMER = "-consumer";

  private final Admin admin;
  private final List<Program> allocators;

  ActiveAllocator(Admin admin, List<Program> allocators) {
    this.admin = admin;
    this.allocators = allocators;
  }

  /** Whether all of them are in the group, and one has the work. */
  boolean isSettled() {
    ConsumerGroupDescription group = describe();
    return group.groupState() == GroupState.STABLE
        && group.members().size() == allocators.size()
        && owner(group.members()).isPresent();
  }

  /**
   * The one that reads the beats.
   *
   * @throws LabException if none does
   */
  Program find() {
    String thread =
        owner(describe().members())
            .map(member ->
                member.clientId().substring(0, member.clientId().length() - CONSUMER.length()))
            .orElseThrow(() -> new LabException("no allocator decides"));
    // Each says at its start what its threads are called.
    return allocators.stream()
        .filter(Program::isAlive)
        .filter(program -> log(program).contains("runs as " + thread))
        .findFirst()
        .orElseThrow(() -> new LabException("no allocator has a thread called " + thread));
  }

  private static Optional<MemberDescription> owner(Collection<MemberDescription> members) {
    return members.stream()
        .filter(member -> member.clientId().endsWith(CONSUMER))
        .filter(member ->
            member.assignment().topicPartitions().stream()
                .anyMatch(partition -> partition.topic().equals(Topics.HEARTBEATS.name())))
        .findFirst();
  }

  private ConsumerGroupDescription describe() {
    return AdminAnswer.await(
        admin.describeConsumerGroups(List.of(GROUP)).describedGroups().get(GROUP));
  }

  private static String log(Program program) {
    try {
      return Files.readString(program.log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
