package org.ngrinder.http;

import java.util.List;
import org.apache.hc.core5.http.Header;

public class HTTPRequest {
  public static HTTPRequest create() {
    return new HTTPRequest();
  }

  public HTTPResponse POST(String uri, byte[] content, List<Header> headers) {
    return new HTTPResponse();
  }
}
