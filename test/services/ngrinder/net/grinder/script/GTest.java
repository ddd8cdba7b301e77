package net.grinder.script;

/** nGrinder's own classes are not on Maven Central: declared here as its documentation shows them, as far as the script uses them. */
public class GTest {
  public GTest(int number, String description) {}

  public void record(Object target) {}
}
