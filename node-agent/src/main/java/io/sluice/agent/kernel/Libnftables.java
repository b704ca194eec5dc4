package io.sluice.agent.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * libnftables(3): runs commands in the language of nft(8). One context, whose netlink socket
 * belongs to the network namespace of the thread that opened it. Used for the fixed rules only;
 * elements change by {@link NftTransaction}, ten times as fast.
 */
final class Libnftables implements AutoCloseable {

  private static final String LIBRARY = "libnftables.so.1";
  private static final int NFT_CTX_DEFAULT = 0;
  private static final int NO_PORT_YET = 0;

  private final Arena arena = Arena.ofShared();
  private final SymbolLookup library;
  private final MethodHandle run;
  private final MethodHandle output;
  private final MethodHandle error;
  private final MethodHandle free;
  private final MemorySegment context;

  /**
   * Loads the library and opens a context.
   *
   * @throws KernelException if the library is not installed, saying what to install
   */
  Libnftables() {
    try {
      library = load(arena);
      run = bind("nft_run_cmd_from_buffer", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
      output = bind("nft_ctx_get_output_buffer", FunctionDescriptor.of(cString(), ADDRESS));
      error = bind("nft_ctx_get_error_buffer", FunctionDescriptor.of(cString(), ADDRESS));
      free = bind("nft_ctx_free", FunctionDescriptor.ofVoid(ADDRESS));
      context =
          (MemorySegment)
              bind("nft_ctx_new", FunctionDescriptor.of(ADDRESS, JAVA_INT))
                  .invokeExact(NFT_CTX_DEFAULT);
      if (context.equals(MemorySegment.NULL)) {
        throw new KernelException("libnftables gave no context: out of memory");
      }
      for (String buffered : List.of("nft_ctx_buffer_output", "nft_ctx_buffer_error")) {
        int result =
            (int) bind(buffered, FunctionDescriptor.of(JAVA_INT, ADDRESS)).invokeExact(context);
        if (result != 0) {
          throw new KernelException("libnftables gave no buffer: out of memory");
        }
      }
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    } catch (Throwable e) {
      arena.close();
      throw new AssertionError("libnftables does not fit its binding", e);
    }
  }

  private static SymbolLookup load(Arena arena) {
    try {
      return SymbolLookup.libraryLookup(LIBRARY, arena);
    } catch (IllegalArgumentException e) {
      throw new KernelException(
          LIBRARY + " is missing: install the package libnftables1 (Debian, Ubuntu) or nftables",
          e);
    }
  }

  private MethodHandle bind(String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), descriptor);
  }

  /** A pointer to text of unknown length that ends with a zero. */
  private static AddressLayout cString() {
    return ADDRESS.withTargetLayout(MemoryLayout.sequenceLayout(Long.MAX_VALUE, JAVA_BYTE));
  }

  /**
   * Runs commands, all of them in one transaction.
   *
   * @return what nft(8) would print
   * @throws KernelException with what nft(8) would complain
   */
  String run(String commands) {
    try (Arena scratch = Arena.ofConfined()) {
      int result = (int) run.invokeExact(context, scratch.allocateFrom(commands));
      String printed = ((MemorySegment) output.invokeExact(context)).getString(0);
      String complaint = ((MemorySegment) error.invokeExact(context)).getString(0);
      if (result != 0) {
        throw new KernelException("nft refused: " + complaint.strip());
      }
      return printed;
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("libnftables does not fit its binding", e);
    }
  }

  /**
   * The ports of the netlink sockets the library has used: those of this process for netfilter that
   * are not in the list. A socket gets its port with its first message.
   */
  static List<Integer> ports(List<Integer> known) {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .map(path -> Integer.parseInt(path.getFileName().toString()))
          .flatMap(fd -> portOf(fd).stream())
          .filter(port -> port != NO_PORT_YET && !known.contains(port))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Integer> portOf(int fd) {
    try {
      return NetlinkSocket.portOf(fd, NetlinkSocket.NETLINK_NETFILTER);
    } catch (KernelException e) {
      // Not a socket, or closed by another thread since it was listed.
      if (e.errno() == Errno.ENOTSOCK || e.errno() == Errno.EBADF) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      free.invokeExact(context);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError("libnftables does not fit its binding", e);
    } finally {
      arena.close();
    }
  }
}
