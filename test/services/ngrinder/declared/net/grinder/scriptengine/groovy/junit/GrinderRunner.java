package net.grinder.scriptengine.groovy.junit;

import org.junit.runners.BlockJUnit4ClassRunner;
import org.junit.runners.model.InitializationError;

/** Declared as in nGrinder 3.5.9-p1, module ngrinder-groovy. */
public class GrinderRunner extends BlockJUnit4ClassRunner {
  public GrinderRunner(Class<?> klass) throws InitializationError {
    super(klass);
  }

  public GrinderRunner(Class<?> klass, Object runner) throws InitializationError {
    super(klass);
  }
}
