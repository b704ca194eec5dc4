package io.sluice.agent.kernel;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Error numbers of Linux (asm-generic/errno.h) that the calls of this package can meet. */
public enum Errno {
  EPERM(1),
  ENOENT(2),
  ESRCH(3),
  EINTR(4),
  EIO(5),
  ENXIO(6),
  EBADF(9),
  EAGAIN(11),
  ENOMEM(12),
  EACCES(13),
  EFAULT(14),
  EBUSY(16),
  EEXIST(17),
  EXDEV(18),
  ENODEV(19),
  EINVAL(22),
  ENFILE(23),
  EMFILE(24),
  ENOTTY(25),
  ENOSPC(28),
  ERANGE(34),
  ENAMETOOLONG(36),
  ENOTEMPTY(39),
  ELOOP(40),
  ENODATA(61),
  EOVERFLOW(75),
  ENOTSOCK(88),
  EMSGSIZE(90),
  ENOPROTOOPT(92),
  EPROTONOSUPPORT(93),
  EOPNOTSUPP(95),
  EAFNOSUPPORT(97),
  EADDRINUSE(98),
  EADDRNOTAVAIL(99),
  ENETDOWN(100),
  ENETUNREACH(101),
  ENOBUFS(105),
  ETIMEDOUT(110),
  EHOSTUNREACH(113),
  /** Any number not named here; the exception's text carries it. */
  OTHER(-1);

  private static final Map<Integer, Errno> BY_NUMBER =
      Arrays.stream(values()).collect(Collectors.toMap(errno -> errno.number, Function.identity()));

  private final int number;

  Errno(int number) {
    this.number = number;
  }

  static Errno of(int number) {
    return BY_NUMBER.getOrDefault(number, OTHER);
  }

  static String text(int number) {
    Errno errno = of(number);
    return errno == OTHER ? "error " + number : errno.name();
  }
}
