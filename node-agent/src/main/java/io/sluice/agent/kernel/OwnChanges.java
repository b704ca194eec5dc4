package io.sluice.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Keeps the notifications of our own element changes from ever reaching the listening socket: a
 * first load of 150,000 elements would overrun it. A classic BPF program (linux/filter.h) drops
 * messages whose nlmsg_pid is the port of the socket that makes the changes.
 */
final class OwnChanges {

  private static final int NLMSG_PID_AT = 12;
  private static final short LOAD_WORD = 0x20;
  private static final short JUMP_IF_EQUAL = 0x15;
  private static final short RETURN = 0x06;
  private static final int INSTRUCTION_BYTES = 8;

  /** struct sock_fprog. */
  private static final StructLayout PROGRAM =
      MemoryLayout.structLayout(
          JAVA_SHORT.withName("length"),
          MemoryLayout.paddingLayout(6),
          ValueLayout.ADDRESS.withName("instructions"));

  private OwnChanges() {}

  /** From now on the socket does not hear what the socket of this port causes. */
  static void silence(NetlinkSocket listening, int causingPort) {
    // BPF loads words in network order.
    boolean swapped = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    int port = swapped ? Integer.reverseBytes(causingPort) : causingPort;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment instructions = arena.allocate(4 * INSTRUCTION_BYTES, 4);
      write(instructions, 0, LOAD_WORD, 0, 0, NLMSG_PID_AT);
      write(instructions, 1, JUMP_IF_EQUAL, 0, 1, port);
      write(instructions, 2, RETURN, 0, 0, 0);
      write(instructions, 3, RETURN, 0, 0, -1);
      MemorySegment program = arena.allocate(PROGRAM);
      program.set(JAVA_SHORT, 0, (short) 4);
      program.set(ValueLayout.ADDRESS, 8, instructions);
      Libc.setsockopt(listening.fd(), Libc.SOL_SOCKET, Libc.SO_ATTACH_FILTER, program);
    }
  }

  private static void write(
      MemorySegment instructions, int at, short code, int ifTrue, int ifFalse, int operand) {
    MemorySegment instruction = instructions.asSlice((long) at * INSTRUCTION_BYTES);
    instruction.set(JAVA_SHORT, 0, code);
    instruction.set(JAVA_BYTE, 2, (byte) ifTrue);
    instruction.set(JAVA_BYTE, 3, (byte) ifFalse);
    instruction.set(JAVA_INT, 4, operand);
  }
}
