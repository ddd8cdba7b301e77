import groovy.lang.GroovyClassLoader;
import groovy.lang.Script;
import groovy.transform.CompileStatic;
import java.io.File;
import org.codehaus.groovy.control.CompilerConfiguration;
import org.codehaus.groovy.control.customizers.ASTTransformationCustomizer;

/**
 * Compiles or runs a Groovy file. `check FILE` checks each name and type at compile time like Java,
 * which Groovy does at run time by default. `run FILE` runs a script.
 *
 * <p>Groovy 3.0.5 can't read the class files of a Java newer than 15. Here it uses Java's reflection.
 */
public class RunGroovy {
  public static void main(String[] arguments) throws Exception {
    CompilerConfiguration configuration = new CompilerConfiguration();
    configuration.setSourceEncoding("UTF-8");
    configuration.getOptimizationOptions().put("asmResolving", false);
    boolean check = arguments[0].equals("check");
    if (check) {
      configuration.addCompilationCustomizers(new ASTTransformationCustomizer(CompileStatic.class));
    }
    GroovyClassLoader loader = new GroovyClassLoader(RunGroovy.class.getClassLoader(), configuration);
    Class<?> compiled = loader.parseClass(new File(arguments[1]));
    if (!check) ((Script) compiled.getDeclaredConstructor().newInstance()).run();
  }
}
