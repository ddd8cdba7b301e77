package net.grinder.script;

/** Declared as in nGrinder 3.5.9-p1, module ngrinder-groovy. `record(Object)` is The Grinder's. */
public class GTest extends Test {
  public GTest(int number, String description) {
    super(number, description);
  }

  public final void record(Object target, String methodName) throws NonInstrumentableTypeException {}
}
