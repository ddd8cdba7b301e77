// The users of the event for nGrinder 3.5.9-p1. docs/load-test.md, "Use nGrinder", explains how to
// run it.
import static net.grinder.script.Grinder.grinder
import static org.junit.Assert.assertTrue

import java.time.Instant
import net.grinder.script.GTest
import net.grinder.scriptengine.groovy.junit.GrinderRunner
import net.grinder.scriptengine.groovy.junit.annotation.BeforeProcess
import net.grinder.scriptengine.groovy.junit.annotation.BeforeThread
import org.apache.hc.core5.http.Header
import org.apache.hc.core5.http.message.BasicHeader
import org.junit.Test
import org.junit.runner.RunWith
import org.ngrinder.http.HTTPRequest
import org.ngrinder.http.HTTPRequestControl
import org.ngrinder.http.HTTPResponse

@RunWith(GrinderRunner)
class GifticonUsers {
    static final int THINK_MS = 1500
    static final int TIMEOUT_MS = 5000
    static final Set<Integer> ANSWERS = [201, 202, 409, 410] as Set

    /** First user id of load tests: services/contract/facts/load-test-users.ts. */
    static final long FIRST_USER = 7_000_000_000L
    /**
     * Number of user ids of one test. 6,000 users need this many in 16 minutes.
     * A larger number allows longer tests, but ids repeat after fewer tests.
     */
    static final long IDS_OF_A_TEST = 4_000_000L
    /** Number of blocks of user ids. Each test has one, and the first belongs to no test. */
    static final long TESTS = 1_000_000_000L.intdiv(IDS_OF_A_TEST)

    /** Time after which a missing process counts as lost. The end of a test takes less. */
    static final long LOST_MS = 5_000L

    static GTest ask
    static HTTPRequest request
    /** Address of the API; null in a validation without an address. */
    static String url
    /** Number of the test, from 1; 0 in a validation. */
    static long test
    /** Error message of a lost process; null before. Once set, it stays. */
    static volatile String loss
    /** Time since which a process is missing, in milliseconds since 1970; 0 without one. */
    static long missingSince = 0L

    @BeforeProcess
    static void beforeProcess() {
        url = apiUrl()
        test = isValidation() ? 0L : testNumber()
        assertIdsSuffice()
        HTTPRequestControl.setConnectionTimeout(TIMEOUT_MS)
        HTTPRequestControl.setSocketTimeout(TIMEOUT_MS)
        ask = new GTest(1, "POST /gifticons")
        request = new HTTPRequest()
        ask.record(request)
    }

    @BeforeThread
    void beforeThread() {
        grinder.statistics.delayReports = true
    }

    @Test
    void askForGifticon() {
        if (url == null) {
            grinder.logger.warn("Validated without a request: nGrinder gives a validation no parameter, " +
                "and API_URL is not set. Set the parameter of the test to the output apiUrl.")
            return
        }
        try {
            HTTPResponse answer = request.POST("${url}/gifticons".toString(), body(), headers())
            assertTrue("answered ${answer.statusCode}", answer.statusCode in ANSWERS)
            // Fails after the request, because nGrinder counts a failed run by its last request.
            assertTrue(loss, loss == null)
        } finally {
            // After a failed request too, users pause and the log reports a lost process.
            if (grinder.threadNumber == 0) checkForLostProcesses()
            grinder.sleep(THINK_MS)
        }
    }

    /** Returns the parameter of the test, or without one the stack's API_URL. */
    static String apiUrl() {
        String given = System.getProperty("param") ?: System.getenv("API_URL") ?: ""
        if (given.isEmpty() && isValidation()) return null
        assertTrue("The parameter of the test is \"${given}\". Set it to the output apiUrl, as http://HOST.",
            given ==~ "https?://[^/?#]+/?")
        return given.endsWith("/") ? given[0..-2] : given
    }

    static long testNumber() {
        String id = property("grinder.test.id", "")
        assertTrue("grinder.test.id is \"${id}\", and user ids follow from it. Allowed is test_NUMBER.",
            id ==~ "test_[1-9][0-9]{0,17}")
        return Long.parseLong(id.substring("test_".length()))
    }

    static void assertIdsSuffice() {
        long runs = number("grinder.runs", 0) ?: number("grinder.duration", 0).intdiv(THINK_MS) + 1L
        long ids = users() * runs
        assertTrue("${users()} users with ${runs} runs each need ${ids} user ids, and a test has ${IDS_OF_A_TEST}. " +
            "Take a shorter test or fewer users, or raise IDS_OF_A_TEST in the script.", ids <= IDS_OF_A_TEST)
    }

    /** Returns the requested number of users of all agents together. */
    static long users() {
        return number("grinder.agents", 1) * number("grinder.processes", 1) * number("grinder.threads", 1)
    }

    /**
     * Returns a user id that no other request of this test or of the last 248 tests has.
     * A test has a block of ids. In it, each run of all users has a row, and each user a column.
     * The first block belongs to validations and to other load tests.
     */
    static long userId() {
        long block = test == 0L ? 0L : 1L + (test - 1L) % (TESTS - 1L)
        long process = grinder.agentNumber * number("grinder.processes", 1) + grinder.processNumber
        long column = process * number("grinder.threads", 1) + grinder.threadNumber
        return FIRST_USER + block * IDS_OF_A_TEST + grinder.runNumber * users() + column
    }

    static byte[] body() {
        return "{\"userId\": ${userId()}}".toString().bytes
    }

    /** Returns headers with a unique idempotency key, in tests and validations. */
    static List<Header> headers() {
        Object run = test == 0L ? System.currentTimeMillis() : grinder.runNumber
        String key = [test, grinder.agentNumber, grinder.processNumber, grinder.threadNumber, run].join("-")
        return [
            new BasicHeader("Content-Type", "application/json"),
            new BasicHeader("Idempotency-Key", "ngrinder-${key}".toString()),
        ] as List<Header>
    }

    /**
     * Sets `loss` when processes of this agent have ended too early. nGrinder continues with the
     * other processes and reports no error. A test with a number of runs is not checked, because
     * its processes end after their runs.
     */
    static void checkForLostProcesses() {
        if (isValidation() || number("grinder.runs", 0) > 0 || isRampingUp()) return
        long asked = number("grinder.processes", 1)
        long left = runningProcesses()
        long now = System.currentTimeMillis()
        if (left >= asked) {
            missingSince = 0L
        } else if (missingSince == 0L) {
            missingSince = now
        } else if (loss == null && now - missingSince >= LOST_MS) {
            long threads = number("grinder.threads", 1)
            loss = "Fewer users run than requested: ${left * threads} of ${asked * threads} on this agent, " +
                "as ${left} of ${asked} processes are left. The controller drops a process that takes longer to " +
                "start than controller.inactive_client_time_out, and Linux kills one when memory is short."
            grinder.logger.error(loss)
        }
    }

    /** Returns the number of the agent's worker processes, its children with the same program. */
    static long runningProcesses() {
        ProcessHandle self = ProcessHandle.current()
        Optional<String> program = self.info().command()
        return self.parent().get().children().filter { it.info().command() == program }.count()
    }

    /** Returns true while the agent may still be starting processes, a few at a time. */
    static boolean isRampingUp() {
        long step = number("grinder.processIncrement", 0)
        if (step <= 0 || property("grinder.threadRampUp", "false") == "true") return false
        long later = Math.max(0L, number("grinder.processes", 1) - number("grinder.initialProcesses", step))
        long steps = (later + step - 1L).intdiv(step)
        Instant end = ProcessHandle.current().info().startInstant().get()
            .plusMillis(steps * number("grinder.processIncrementInterval", 60_000))
        return Instant.now().isBefore(end)
    }

    static boolean isValidation() {
        return property("grinder.script.validation", "false") == "true"
    }

    static long number(String name, long otherwise) {
        return grinder.properties.getLong(name, otherwise)
    }

    static String property(String name, String otherwise) {
        return grinder.properties.getProperty(name, otherwise)
    }
}
