package org.ngrinder.http;

import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Message;

/** Declared as in nGrinder 3.5.9-p1, module ngrinder-runtime, without what reads body and headers. */
public class HTTPResponse {
  private final Message<HttpResponse, byte[]> message;

  HTTPResponse(Message<HttpResponse, byte[]> message) {
    this.message = message;
  }

  public static HTTPResponse of(Message<HttpResponse, byte[]> message) {
    return new HTTPResponse(message);
  }

  public int getStatusCode() {
    return message.getHead().getCode();
  }
}
