package io.sluice.allocator;

import io.sluice.allocator.core.allocation.AllocationSettings;
import java.util.Locale;

/** Sets of times that fit together. */
enum Profile {
  DEFAULT,
  FAST;

  AllocationSettings settings() {
    return switch (this) {
      case DEFAULT -> AllocationSettings.DEFAULT;
      case FAST -> AllocationSettings.FAST;
    };
  }

  /** As it is written on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
