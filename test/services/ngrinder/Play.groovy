// Plays runs of the users' script with the libraries of nGrinder. Each line of standard input is a
// scenario, as a query string. The actions of the script are printed as lines, followed by "end".
//
// Keys: script; each grinder.* property; agent and process (numbers); users (thread numbers,
// separated by commas); runs; answers (statuses, one a request, the last one repeated, or "none").
import net.grinder.common.GrinderProperties
import net.grinder.script.Grinder
import net.grinder.script.InternalScriptContext
import net.grinder.script.Statistics
import net.grinder.script.TestRegistry
import org.apache.hc.core5.http.Message
import org.apache.hc.core5.http.message.BasicHttpResponse
import org.ngrinder.http.HTTPRequest
import org.ngrinder.http.HTTPResponse
import org.slf4j.Logger

import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Proxy

/** Time of the script: only its pauses advance it. */
now = 0L
System.metaClass.static.currentTimeMillis = { -> now }

System.in.eachLine { String line ->
    Map<String, String> scenario = line.split("&").collectEntries { part ->
        part.split("=", 2).collect { URLDecoder.decode(it, "UTF-8") }
    }
    play(scenario)
    println "end"
}

void play(Map<String, String> scenario) {
    GrinderProperties properties = new GrinderProperties()
    scenario.each { key, value -> if (key.startsWith("grinder.")) properties.setProperty(key, value) }
    scenario.param == null ? System.clearProperty("param") : System.setProperty("param", scenario.param)
    int thread = 0
    int run = 0
    Logger logger = proxy(Logger) { name, arguments -> println "${name} ${arguments[0]}" }
    Statistics statistics = proxy(Statistics) { name, arguments -> }
    TestRegistry tests = proxy(TestRegistry) { name, arguments ->
        proxy(TestRegistry.RegisteredTest) { step, target -> }
    }
    Grinder.grinder = proxy(InternalScriptContext) { String name, arguments ->
        switch (name) {
            case "getAgentNumber": return (scenario.agent ?: "0") as int
            case "getProcessNumber": return (scenario.process ?: "0") as int
            case "getThreadNumber": return thread
            case "getRunNumber": return run
            case "getProperties": return properties
            case "getStatistics": return statistics
            case "getTestRegistry": return tests
            case "getLogger": return logger
            case "sleep":
                println "sleep ${arguments[0]}"
                now += arguments[0] as long
                return null
            default: throw new UnsupportedOperationException(name)
        }
    }
    List<String> answers = (scenario.answers ?: "202").split(",") as List
    HTTPRequest.metaClass.POST = { String uri, byte[] content, List headers ->
        println "POST ${uri} ${new String(content)} ${headers.find { it.name == "Idempotency-Key" }.value}"
        String status = answers.size() > 1 ? answers.remove(0) : answers[0]
        if (status == "none") throw new RuntimeException("no answer")
        HTTPResponse.of(new Message(new BasicHttpResponse(status as int), new byte[0]))
    }
    attempt {
        Class users = new GroovyClassLoader(getClass().classLoader, configuration()).parseClass(new File(scenario.script))
        users.beforeProcess()
        Object user = users.getDeclaredConstructor().newInstance()
        user.beforeThread()
        for (run = 0; run < ((scenario.runs ?: "1") as int); run++) {
            for (number in (scenario.users ?: "0").split(",")) {
                thread = number as int
                attempt { user.askForGifticon() }
            }
        }
    }
}

def configuration() {
    def configuration = new org.codehaus.groovy.control.CompilerConfiguration()
    configuration.optimizationOptions.put("asmResolving", false)
    configuration
}

void attempt(Closure step) {
    try {
        step()
    } catch (AssertionError | RuntimeException error) {
        println "failure ${error.message}"
    }
}

def <T> T proxy(Class<T> type, Closure answer) {
    Proxy.newProxyInstance(type.classLoader, [type] as Class[]) { self, method, arguments -> answer(method.name, arguments) } as T
}
