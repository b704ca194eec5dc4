package io.sluice.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Makes values of the model by chance: one seed, one sequence of values. Names come from small
 * pools, so that values made by one generator refer to each other now and then.
 */
public final class RandomModel {

  private static final List<String> LABEL_KEYS = List.of("app", "tier", "team", "example.com/zone");
  private static final List<String> LABEL_VALUES = List.of("", "web", "db", "a", "b");
  private static final List<String> TEXTS =
      List.of("", "x", "10.40.1.999", "two words", "Zürich ↯ 東京", "line\nbreak", "𝒳");

  private final RandomGenerator random;

  /** A generator of its own sequence. */
  public RandomModel(long seed) {
    this(new SplittableRandom(seed));
  }

  /** A generator that shares its source of chance. */
  public RandomModel(RandomGenerator random) {
    this.random = random;
  }

  // ---- plain things -----------------------------------------------------------------------------

  public <T> T oneOf(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  public <E extends Enum<E>> E oneOf(Class<E> type) {
    return oneOf(List.of(type.getEnumConstants()));
  }

  public <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  public <T> List<T> upTo(int most, Supplier<T> value) {
    return Stream.generate(value).limit(random.nextInt(most + 1)).toList();
  }

  public String text() {
    return oneOf(TEXTS);
  }

  /** A DNS label with this beginning, one of four. */
  public String name(String prefix) {
    return prefix + "-" + (1 + random.nextInt(4));
  }

  public String cluster() {
    return name("cluster");
  }

  /** Small numbers mostly, extreme ones now and then. */
  public long number() {
    return switch (random.nextInt(8)) {
      case 0 -> Long.MAX_VALUE;
      case 1 -> random.nextLong();
      default -> random.nextInt(1_000);
    };
  }

  public long timeMillis() {
    return 1_700_000_000_000L + random.nextInt(1_000_000_000);
  }

  public Map<String, String> labels() {
    Map<String, String> labels = new TreeMap<>();
    upTo(4, () -> oneOf(LABEL_KEYS)).forEach(key -> labels.put(key, oneOf(LABEL_VALUES)));
    return labels;
  }

  // ---- addresses --------------------------------------------------------------------------------

  public IpAddress ipv4() {
    return new IpAddress(IpFamily.IPV4, 0, Integer.toUnsignedLong(random.nextInt()));
  }

  /** Groups are often zero, as in real addresses. Never an IPv4 address in disguise. */
  public IpAddress ipv6() {
    return new IpAddress(IpFamily.IPV6, groups() | 0x2000_0000_0000_0000L, groups());
  }

  private long groups() {
    long half = 0;
    for (int i = 0; i < 4; i++) {
      half = half << 16 | (random.nextBoolean() ? 0 : random.nextInt(0x1_0000));
    }
    return half;
  }

  public IpAddress ipAddress() {
    return random.nextBoolean() ? ipv4() : ipv6();
  }

  public Cidr cidr() {
    IpAddress address = ipAddress();
    return new Cidr(address, random.nextInt(address.family().bits() + 1));
  }

  public InterfaceAddress interfaceAddress() {
    IpAddress address = ipAddress();
    return new InterfaceAddress(address, random.nextInt(address.family().bits() + 1));
  }

  // ---- objects ----------------------------------------------------------------------------------

  public ObjectId objectId() {
    return objectId(oneOf(Kind.class));
  }

  public ObjectId objectId(Kind kind) {
    return new ObjectId(kind, kind.namespaced() ? name("ns") : "", name("object"));
  }

  public ObjectId gatewayId() {
    return objectId(oneOf(List.of(Kind.ANTHOS_NETWORK_GATEWAY, Kind.NETWORK_GATEWAY_GROUP)));
  }

  public Metadata metadata() {
    return new Metadata(name("uid"), Long.toString(number()), 1 + random.nextInt(9), timeMillis());
  }

  public LabelSelector selector() {
    return new LabelSelector(labels(), upTo(2, this::requirement));
  }

  private LabelSelector.Requirement requirement() {
    LabelSelector.Operator operator = oneOf(LabelSelector.Operator.class);
    List<String> values =
        switch (operator) {
          case IN, NOT_IN -> List.of(oneOf(LABEL_VALUES), oneOf(LABEL_VALUES));
          case EXISTS, DOES_NOT_EXIST -> List.of();
        };
    return new LabelSelector.Requirement(oneOf(LABEL_KEYS), operator, values);
  }

  public Gateway gateway() {
    return new Gateway(
        metadata(),
        upTo(3, () -> random.nextInt(8) == 0 ? text() : ipAddress().toString()),
        maybe(this::selector),
        oneOf(Gateway.Failback.class),
        oneOf(LeaseMode.class));
  }

  public Policy policy() {
    return new Policy(
        metadata(),
        upTo(3, () -> new Policy.Source(selector(), selector())),
        oneOf(Policy.Action.class),
        upTo(3, () -> random.nextInt(8) == 0 ? text() : cidr().toString()),
        maybe(() -> ipAddress().toString()),
        maybe(() -> new Policy.GatewayRef(name("ns"), name("object"))),
        random.nextBoolean());
  }

  public Node node() {
    return new Node(
        metadata(),
        labels(),
        upTo(2, () -> ipAddress().toString()),
        upTo(2, () -> cidr().toString()),
        random.nextBoolean(),
        random.nextBoolean());
  }

  public MalformedResource malformed() {
    return new MalformedResource(
        metadata(), upTo(3, () -> new MalformedResource.FieldError("spec.a[0]", text())));
  }

  public Resource resource() {
    return this.<Supplier<Resource>>oneOf(
            List.of(this::gateway, this::policy, this::node, this::malformed))
        .get();
  }

  public Workload.Namespace namespace() {
    return new Workload.Namespace(metadata(), labels());
  }

  public Workload.Pod pod() {
    return new Workload.Pod(
        metadata(),
        labels(),
        upTo(2, this::ipAddress),
        oneOf(List.of("", name("node"))),
        random.nextBoolean(),
        random.nextBoolean());
  }

  public Workload workload() {
    return random.nextInt(4) == 0 ? namespace() : pod();
  }

  // ---- agents -----------------------------------------------------------------------------------

  public Heartbeat heartbeat() {
    return new Heartbeat(
        name("instance"),
        number(),
        number(),
        1 + random.nextInt(1_000),
        oneOf(Heartbeat.Intent.class));
  }

  public AgentReport agentReport() {
    return new AgentReport(
        name("instance"),
        number(),
        "0.1." + random.nextInt(10),
        new AgentReport.Nic("eth0", "02:00:00:00:00:01", upTo(3, this::interfaceAddress)),
        upTo(
            4,
            () ->
                new AgentReport.Applied(
                    ipAddress(), number(), oneOf(AgentReport.AppliedState.class))),
        maybe(this::text),
        maybe(() -> new AgentReport.Leases(number(), number())),
        maybe(this::text));
  }

  // ---- decisions --------------------------------------------------------------------------------

  public Assignment assignment() {
    Assignment.State state = oneOf(Assignment.State.class);
    Optional<Assignment.Holder> holder =
        switch (state) {
          case GRANTED, RELEASING ->
              Optional.of(
                  new Assignment.Holder(name("node"), number(), upTo(2, this::interfaceAddress)));
          case UNASSIGNED -> Optional.empty();
        };
    return new Assignment(
        state,
        holder,
        number(),
        maybe(this::gatewayId),
        oneOf(LeaseMode.class),
        number(),
        text(),
        holder.flatMap(_ ->
            maybe(() ->
                new Assignment.Holder(name("node"), number(), upTo(2, this::interfaceAddress)))));
  }

  public BindingId bindingId() {
    return switch (random.nextInt(5)) {
      case 0 -> new BindingId.ClusterNetworks();
      case 1 -> new BindingId.OfPolicy(name("policy"));
      case 2 -> new BindingId.OfClearance(name("ns"), name("pod"));
      default -> new BindingId.OfPod(name("policy"), name("ns"), name("pod"));
    };
  }

  public Binding binding() {
    return binding(bindingId());
  }

  /** A binding of the kind that the name is for. */
  public Binding binding(BindingId id) {
    return switch (id) {
      case BindingId.OfPolicy _ ->
          new Binding.OfPolicy(
              timeMillis(),
              oneOf(Policy.Action.class),
              upTo(3, this::cidr),
              upTo(2, this::ipAddress));
      case BindingId.OfPod _ -> new Binding.OfPod(upTo(2, this::ipAddress), name("node"));
      case BindingId.OfClearance _ -> new Binding.Clearance(upTo(2, this::ipAddress), name("node"));
      case BindingId.ClusterNetworks _ ->
          new Binding.ClusterNetworks(upTo(3, this::cidr), guardedPods());
    };
  }

  private SortedMap<String, List<Cidr>> guardedPods() {
    SortedMap<String, List<Cidr>> guardedPods = new TreeMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      guardedPods.put(name("node"), upTo(2, this::cidr));
    }
    return guardedPods;
  }

  public Status status() {
    return new Status(
        number(),
        upTo(2, this::condition),
        Map.of(name("node"), oneOf(List.of("Up", "Down"))),
        Map.of(ipAddress().toString(), name("node")),
        upTo(2, () -> ipAddress().toString()),
        maybe(() -> name("node")),
        random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of(random.nextInt(100)));
  }

  private Status.Condition condition() {
    return new Status.Condition("Ready", oneOf(Status.Truth.class), "Reason", text(), timeMillis());
  }

  // ---- audit ------------------------------------------------------------------------------------

  public StateChange stateChange() {
    return switch (random.nextInt(8)) {
      case 0 -> new StateChange.ResourceObserved(objectId(), maybe(this::resource));
      case 1 -> new StateChange.WorkloadObserved(objectId(), maybe(this::workload));
      case 2 -> new StateChange.AgentObserved(name("node"), maybe(this::agentReport));
      case 3 ->
          new StateChange.LivenessChanged(
              name("node"), oneOf(StateChange.Liveness.class), number(), timeMillis());
      case 4 -> new StateChange.EgressChosen(name("policy"), upTo(2, this::ipAddress));
      case 5 -> new StateChange.AssignmentChanged(ipAddress(), assignment());
      case 6 ->
          new StateChange.HoldOffChanged(
              name("node"),
              random.nextInt(9),
              timeMillis(),
              random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(timeMillis()));
      default -> {
        BindingId id = bindingId();
        yield new StateChange.BindingChanged(id, maybe(() -> binding(id)));
      }
    };
  }

  public AuditEntry.Cause cause() {
    return random.nextInt(4) == 0
        ? AuditEntry.Cause.tick(timeMillis())
        : new AuditEntry.Cause("sluice.resources", random.nextInt(4), number(), timeMillis());
  }

  public AuditEntry auditEntry() {
    return new AuditEntry(number(), cause(), timeMillis(), upTo(5, this::stateChange));
  }

  // ---- keys -------------------------------------------------------------------------------------

  public ObjectKey objectKey() {
    return new ObjectKey(cluster(), objectId());
  }

  public NodeKey nodeKey() {
    return new NodeKey(cluster(), name("node"));
  }

  public AssignmentKey assignmentKey() {
    return new AssignmentKey(cluster(), ipAddress());
  }

  public BindingKey bindingKey() {
    return new BindingKey(cluster(), bindingId());
  }

  public StatusKey statusKey() {
    return new StatusKey(cluster(), objectId(), oneOf(StatusKey.Author.class));
  }

  public AuditKey auditKey() {
    return new AuditKey(cluster(), oneOf(AuditKey.Stream.class));
  }
}
