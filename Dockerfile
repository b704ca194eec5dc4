# Four images, one for each program: --target watcher, allocator, node-agent or cli.
# Fed by the Maven build; `./sluice images` does all of it:
#   target/java     a run-time image (jlink) of the modules that are needed
#   */target/lib    what each program needs
# The AOT caches (JEP 483, JEP 514) are trained here, on the JVM and the files they are for. With
# -XX:AOTMode=on a JVM refuses a cache that does not fit: so a build that would ship one fails.

FROM debian:bookworm-slim AS java
COPY target/java /opt/java
# glibc would keep memory in reserve for every thread.
ENV MALLOC_ARENA_MAX=2
ENV JAVA_HOME=/opt/java LANG=C.UTF-8 PATH=/opt/java/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY deploy/images/health /opt/sluice/health
WORKDIR /opt/sluice

FROM java AS trained
COPY watcher/target/lib watcher/lib
COPY watcher/target/sluice-*.jar watcher/lib/
COPY allocator/target/lib allocator/lib
COPY allocator/target/sluice-*.jar allocator/lib/
COPY node-agent/target/lib node-agent/lib
COPY node-agent/target/sluice-*.jar node-agent/lib/
COPY cli/target/lib cli/lib
COPY cli/target/sluice-*.jar cli/lib/
COPY deploy/images/options deploy/images/train /build/
COPY deploy/jvm /build/jvm
COPY deploy/examples /build/examples
COPY deploy/compose/manifests /build/manifests
RUN /build/options && /build/train

FROM java AS watcher
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sluice watcher" \
      org.opencontainers.image.description="Publishes the objects of a Kubernetes cluster to Kafka, and shows statuses." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
COPY --from=trained /opt/sluice/watcher watcher
RUN java -XX:AOTMode=on @/opt/sluice/watcher/options io.sluice.watcher.Main --help >/dev/null
USER 65532:65532
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["/opt/sluice/health", "9401"]
ENTRYPOINT ["/opt/java/bin/java", "@/opt/sluice/watcher/options", "io.sluice.watcher.Main"]

FROM java AS allocator
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sluice allocator" \
      org.opencontainers.image.description="Decides where each floating IP is, and which Pods use it." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
COPY --from=trained /opt/sluice/allocator allocator
RUN java -XX:AOTMode=on @/opt/sluice/allocator/options io.sluice.allocator.Main --help >/dev/null
USER 65532:65532
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["/opt/sluice/health", "9402"]
ENTRYPOINT ["/opt/java/bin/java", "@/opt/sluice/allocator/options", "io.sluice.allocator.Main"]

FROM java AS node-agent
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sluice node agent" \
      org.opencontainers.image.description="Makes the kernel of a node carry what was decided. Needs NET_ADMIN and NET_RAW." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
# The agent needs libnftables1 alone; ip and nft are there for whoever looks what it did.
RUN dpkg -s libnftables1 nftables iproute2 >/dev/null 2>&1 || { \
      apt-get update -q && apt-get install -y -q --no-install-recommends libnftables1 nftables iproute2 && \
      rm -rf /var/lib/apt/lists/*; }
COPY --from=trained /opt/sluice/node-agent node-agent
RUN java -XX:AOTMode=on @/opt/sluice/node-agent/options io.sluice.agent.Main --help >/dev/null
# Capabilities of a container reach a process of another user only through files that carry them.
USER 0:0
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s CMD ["/opt/sluice/health", "9403"]
ENTRYPOINT ["/opt/java/bin/java", "@/opt/sluice/node-agent/options", "io.sluice.agent.Main"]

FROM java AS cli
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Sluice command line" \
      org.opencontainers.image.description="Shows, explains and replays what Sluice decided; probes source addresses." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
COPY --from=trained /opt/sluice/cli cli
RUN java -XX:AOTMode=on @/opt/sluice/cli/options io.sluice.cli.Main --help >/dev/null
COPY deploy/images/sluice /usr/local/bin/sluice
USER 65532:65532
# It has no server to ask: a command of it is healthy as long as it runs.
HEALTHCHECK NONE
ENTRYPOINT ["/opt/java/bin/java", "@/opt/sluice/cli/options", "io.sluice.cli.Main"]
