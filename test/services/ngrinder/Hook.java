/** Runs until it is asked to stop, and says whether it had the time to end in order. */
public class Hook {
  public static void main(String[] arguments) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        Thread.sleep(1_000);
        System.out.println("ended in order");
      } catch (InterruptedException e) {
        System.out.println("interrupted");
      }
    }));
    System.out.println("started with " + String.join(" ", arguments));
    Thread.sleep(Long.MAX_VALUE);
  }
}
