package io.sluice.watcher.manifests;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Tells when something has changed in a directory, which may be a link that moves. */
final class DirectoryWatch implements AutoCloseable {

  /** Quiet for that long means that whoever wrote a file is done with it. */
  private static final Duration QUIET = Duration.ofMillis(25);

  private static final int MAX_QUIET_WAITS = 20;

  private final Path directory;
  private final WatchService service;
  private Object watched;
  private WatchKey key;

  DirectoryWatch(Path directory) throws IOException {
    this.directory = directory;
    this.service = directory.getFileSystem().newWatchService();
  }

  /**
   * Sees to it that the directory which is there now is the one being watched.
   *
   * @throws IOException if there is none
   */
  void follow() throws IOException {
    Object inode = Files.readAttributes(directory, BasicFileAttributes.class).fileKey();
    if (key == null || !key.isValid() || !inode.equals(watched)) {
      if (key != null) {
        key.cancel();
      }
      key = directory.toRealPath().register(service, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE);
      watched = inode;
    }
  }

  /**
   * Waits for a change and until it is over, or until the time is up.
   *
   * @throws java.nio.file.ClosedWatchServiceException when closed
   */
  void await(Duration atMost) throws InterruptedException {
    boolean more = poll(atMost);
    for (int i = 0; more && i < MAX_QUIET_WAITS; i++) {
      more = poll(QUIET);
    }
  }

  private boolean poll(Duration atMost) throws InterruptedException {
    WatchKey signalled = service.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    if (signalled == null) {
      return false;
    }
    signalled.pollEvents();
    signalled.reset();
    return true;
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
