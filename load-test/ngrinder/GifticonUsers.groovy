// The users of the event, for nGrinder 3.5: the same scenario as ../k6/users.js. Upload it in the controller's page, and set the
// parameter to the output apiUrl.
//
// 6,000 users are 12 processes of 500 threads on one t3.xlarge (agent 1, "Vuser per agent" 6000); a start that was not measured.
import static net.grinder.script.Grinder.grinder
import static org.junit.Assert.assertTrue

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
    /** The user ids of load tests: services/load-agent/protocol.ts. */
    static final long FIRST_USER = 7_000_000_000L
    static final long USERS_OF_A_THREAD = 10_000L
    static final Set<Integer> ANSWERS = [201, 202, 409, 410] as Set

    static GTest ask
    static HTTPRequest request

    @BeforeProcess
    static void beforeProcess() {
        HTTPRequestControl.setConnectionTimeout(TIMEOUT_MS)
        HTTPRequestControl.setSocketTimeout(TIMEOUT_MS)
        ask = new GTest(1, "POST /gifticons")
        request = HTTPRequest.create()
        ask.record(request)
    }

    @BeforeThread
    void beforeThread() {
        grinder.statistics.delayReports = true
    }

    @Test
    void askForGifticon() {
        long thread = (grinder.agentNumber * 100L + grinder.processNumber) * 1000L + grinder.threadNumber
        long user = FIRST_USER + (thread * USERS_OF_A_THREAD + grinder.runNumber) % 1_000_000_000L
        List<Header> headers = [
            new BasicHeader("Content-Type", "application/json"),
            new BasicHeader("Idempotency-Key", "ngrinder-${user}".toString()),
        ]
        byte[] body = "{\"userId\": ${user}}".toString().bytes
        HTTPResponse answer = request.POST("${System.getProperty('param')}/gifticons".toString(), body, headers)
        assertTrue("answered ${answer.statusCode}", answer.statusCode in ANSWERS)
        grinder.sleep(THINK_MS)
    }
}
