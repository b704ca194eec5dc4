package io.sluice.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A classic BPF program (linux/filter.h) that decides in the kernel which messages a socket gets.
 * Built in order; what none of the tests took is up to the last instruction.
 */
final class SocketFilter {

  private static final short LOAD_WORD = 0x20;
  private static final short LOAD_HALF_WORD = 0x28;
  private static final short LOAD_OCTET = 0x30;
  private static final short JUMP_IF_EQUAL = 0x15;
  private static final short RETURN = 0x06;
  private static final int WHOLE_MESSAGE = -1;
  private static final int INSTRUCTION_BYTES = 8;

  /** struct sock_fprog. */
  private static final StructLayout PROGRAM =
      MemoryLayout.structLayout(
          JAVA_SHORT.withName("length"),
          MemoryLayout.paddingLayout(6),
          ValueLayout.ADDRESS.withName("instructions"));

  private final List<Instruction> instructions = new ArrayList<>();

  private record Instruction(short code, int ifTrue, int ifFalse, int operand) {}

  private SocketFilter add(short code, int ifTrue, int ifFalse, int operand) {
    instructions.add(new Instruction(code, ifTrue, ifFalse, operand));
    return this;
  }

  /** Loads four bytes of the message, in network order. */
  SocketFilter word(int at) {
    return add(LOAD_WORD, 0, 0, at);
  }

  /** Loads two bytes of the message, in network order. */
  SocketFilter halfWord(int at) {
    return add(LOAD_HALF_WORD, 0, 0, at);
  }

  /** Loads one byte of the message. */
  SocketFilter octet(int at) {
    return add(LOAD_OCTET, 0, 0, at);
  }

  /** Lets the message through if what was loaded is this. */
  SocketFilter acceptIf(int value) {
    return add(JUMP_IF_EQUAL, 0, 1, value).add(RETURN, 0, 0, WHOLE_MESSAGE);
  }

  /** Drops the message if what was loaded is this. */
  SocketFilter dropIf(int value) {
    return add(JUMP_IF_EQUAL, 0, 1, value).add(RETURN, 0, 0, 0);
  }

  /** Drops the message unless what was loaded is this. */
  SocketFilter dropUnless(int value) {
    return add(JUMP_IF_EQUAL, 1, 0, value).add(RETURN, 0, 0, 0);
  }

  SocketFilter accept() {
    return add(RETURN, 0, 0, WHOLE_MESSAGE);
  }

  SocketFilter drop() {
    return add(RETURN, 0, 0, 0);
  }

  /** From now on the socket gets only what the program lets through. */
  void attach(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment code = arena.allocate((long) instructions.size() * INSTRUCTION_BYTES, 4);
      for (int i = 0; i < instructions.size(); i++) {
        write(code.asSlice((long) i * INSTRUCTION_BYTES), instructions.get(i));
      }
      MemorySegment program = arena.allocate(PROGRAM);
      program.set(JAVA_SHORT, 0, (short) instructions.size());
      program.set(ValueLayout.ADDRESS, 8, code);
      Libc.setsockopt(fd, Libc.SOL_SOCKET, Libc.SO_ATTACH_FILTER, program);
    }
  }

  private static void write(MemorySegment to, Instruction instruction) {
    to.set(JAVA_SHORT, 0, instruction.code());
    to.set(JAVA_BYTE, 2, (byte) instruction.ifTrue());
    to.set(JAVA_BYTE, 3, (byte) instruction.ifFalse());
    to.set(JAVA_INT, 4, instruction.operand());
  }
}
