package io.sluice.agent.kernel;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Changes of set elements that the kernel makes all at once or not at all. Removals come first, so
 * an element may be removed and added again with other data.
 *
 * <p>A transaction that removes an element that is not there fails, and the kernel, which waits for
 * all packets on their way before it forgets what failed, takes half a second over that. Where it
 * is not known what is there, {@link #removeIfThere} is the way.
 */
final class NftTransaction {

  /** An element takes at most about 110 bytes, a list of them at most 65,535. */
  private static final int ELEMENTS_PER_MESSAGE = 500;

  private final Map<NftSet, List<SetElement>> removed = new TreeMap<>();
  private final Map<NftSet, List<SetElement>> added = new TreeMap<>();
  private final Map<NftSet, List<SetElement>> removedIfThere = new TreeMap<>();
  private final List<NftSet> flushed = new ArrayList<>();
  private int size;

  void remove(SetElement element) {
    size++;
    removed.computeIfAbsent(element.set(), _ -> new ArrayList<>()).add(element);
  }

  /**
   * Removes an element without data, or does nothing if it is not there: it is added and removed
   * again, and no packet ever sees the one without the other.
   */
  void removeIfThere(SetElement element) {
    size++;
    removedIfThere.computeIfAbsent(element.set(), _ -> new ArrayList<>()).add(element);
  }

  void add(SetElement element) {
    size++;
    added.computeIfAbsent(element.set(), _ -> new ArrayList<>()).add(element);
  }

  /** Removes elements that may be added again. */
  void removeBeforehand(Collection<SetElement> elements) {
    elements.forEach(this::remove);
  }

  void addAll(Collection<SetElement> elements) {
    elements.forEach(this::add);
  }

  /** Removes every element. */
  void flush(NftSet set) {
    flushed.add(set);
  }

  boolean isEmpty() {
    return removed.isEmpty() && added.isEmpty() && flushed.isEmpty() && removedIfThere.isEmpty();
  }

  int size() {
    return size;
  }

  /** The elements removed, without those of {@link #flushed}. */
  List<SetElement> removed() {
    return removed.values().stream().flatMap(List::stream).toList();
  }

  List<SetElement> added() {
    return added.values().stream().flatMap(List::stream).toList();
  }

  List<NftSet> flushed() {
    return List.copyOf(flushed);
  }

  /** One line for errors and logs. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("nft transaction");
    flushed.forEach(set -> text.append(" flush ").append(set.kernelName()));
    removed.forEach((set, elements) -> append(text, " -", set, elements));
    added.forEach((set, elements) -> append(text, " +", set, elements));
    removedIfThere.forEach((set, elements) -> append(text, " -?", set, elements));
    return text.toString();
  }

  private static void append(
      StringBuilder text, String sign, NftSet set, List<SetElement> elements) {
    text.append(sign).append(elements.size()).append(' ').append(set.kernelName());
  }

  /** The messages of the transaction, begin and end included; the last change is acknowledged. */
  List<ByteBuffer> messages() {
    List<Change> changes = new ArrayList<>();
    flushed.forEach(set -> changes.add(new Change(false, set, List.of())));
    removed.forEach((set, elements) -> split(false, set, elements, changes));
    added.forEach((set, elements) -> split(true, set, elements, changes));
    removedIfThere.forEach((set, elements) -> {
      split(true, set, elements, changes);
      split(false, set, elements, changes);
    });
    List<ByteBuffer> messages = new ArrayList<>(changes.size() + 2);
    messages.add(NftMessages.batchBegin());
    for (int i = 0; i < changes.size(); i++) {
      messages.add(changes.get(i).message(i == changes.size() - 1));
    }
    messages.add(NftMessages.batchEnd());
    return messages;
  }

  private record Change(boolean add, NftSet set, List<SetElement> elements) {
    ByteBuffer message(boolean last) {
      int type = add ? NftMessages.NFT_MSG_NEWSETELEM : NftMessages.NFT_MSG_DELSETELEM;
      return NftMessages.elements(type, set, elements, last);
    }
  }

  private static void split(
      boolean add, NftSet set, List<SetElement> elements, List<Change> changes) {
    for (int start = 0; start < elements.size(); start += ELEMENTS_PER_MESSAGE) {
      int end = Math.min(start + ELEMENTS_PER_MESSAGE, elements.size());
      changes.add(new Change(add, set, elements.subList(start, end)));
    }
  }

  /**
   * Carries the transaction out.
   *
   * @throws KernelException if the kernel refused it; then nothing of it was done
   */
  void commit(NetlinkSocket socket) {
    if (isEmpty()) {
      return;
    }
    List<ByteBuffer> messages = messages();
    int begin = socket.send(messages);
    int lastChange = begin + messages.size() - 2;
    // Errors of single messages come before the last one's answer; an error of the commit itself
    // carries the number of the begin message and comes first of all.
    while (true) {
      ReceivedMessage answer = socket.receiveAnswer(begin, lastChange);
      int errno = answer.error();
      if (errno != 0) {
        throw new KernelException(toString(), errno, answer.explanation());
      }
      if (answer.sequence() == lastChange) {
        return;
      }
    }
  }
}
