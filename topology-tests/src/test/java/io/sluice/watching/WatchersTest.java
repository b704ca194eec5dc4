package io.sluice.watching;

import java.io.IOException;
import java.nio.file.Path;

/** Watchers against the client library's stand-in: on every machine, but not Kubernetes. */
class WatchersTest extends WatchersSuite {

  @Override
  ApiServer apiServer(Path directory) throws IOException {
    return ApiServer.standIn(directory);
  }
}
