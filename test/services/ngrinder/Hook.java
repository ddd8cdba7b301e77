/** Runs until it is stopped, and prints whether it had the time to end cleanly. */
public class Hook {
  public static void main(String[] arguments) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        Thread.sleep(1_000);
        System.out.println("ended cleanly");
      } catch (InterruptedException e) {
        System.out.println("interrupted");
      }
    }));
    System.out.println("started with " + String.join(" ", arguments));
    Thread.sleep(Long.MAX_VALUE);
  }
}
