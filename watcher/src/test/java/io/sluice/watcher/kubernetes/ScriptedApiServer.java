package io.sluice.watcher.kubernetes;

import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.Dispatcher;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.Response;
import io.fabric8.mockwebserver.http.WebSocket;
import io.fabric8.mockwebserver.http.WebSocketListener;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

/**
 * Answers lists of namespaces with what the test says, and of all other kinds with nothing; its
 * watches say what the test has them say. For what the client library's stand-in never does.
 */
final class ScriptedApiServer implements AutoCloseable {

  /** A namespace as a list has it. */
  record Item(String name, String uid, String version) {

    String json() {
      return """
      {"metadata":{"name":"%s","uid":"%s","resourceVersion":"%s"}}\
      """
          .formatted(name, uid, version);
    }
  }

  private final MockWebServer server = new MockWebServer();
  private final BlockingQueue<WebSocket> watches = new LinkedBlockingQueue<>();
  private volatile String version = "1";
  private volatile List<Item> items = List.of();

  ScriptedApiServer() {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer(request.getPath());
          }
        });
  }

  void start(int port) {
    server.start(InetAddress.getLoopbackAddress(), port);
  }

  int port() {
    return server.getPort();
  }

  /** What there is from now on. */
  void has(String listVersion, Item... present) {
    items = List.of(present);
    version = listVersion;
  }

  private MockResponse answer(String path) {
    boolean namespaces = path.startsWith("/api/v1/namespaces");
    if (path.contains("watch=true")) {
      return new MockResponse().withWebSocketUpgrade(new Watch(namespaces));
    }
    String listed =
        namespaces ? items.stream().map(Item::json).collect(Collectors.joining(",")) : "";
    return new MockResponse()
        .setResponseCode(200)
        .setHeader("Content-Type", "application/json")
        .setBody(
            """
            {"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"%s"},"items":[%s]}\
            """
                .formatted(version, listed));
  }

  private final class Watch extends WebSocketListener {

    private final boolean namespaces;

    private Watch(boolean namespaces) {
      this.namespaces = namespaces;
    }

    @Override
    public void onOpen(WebSocket socket, Response response) {
      if (namespaces) {
        watches.add(socket);
      }
    }
  }

  /** The next watch of namespaces that is opened. */
  WebSocket nextWatch() throws InterruptedException {
    return watches.take();
  }

  @Override
  public void close() {
    server.shutdown();
  }
}
