package org.ngrinder.http;

import java.util.List;
import java.util.Map;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;

/** Declared as in nGrinder 3.5.9-p1, module ngrinder-runtime, without the methods of other requests than POST. */
public class HTTPRequest {
  public HTTPRequest() {}

  public HTTPResponse POST(String uri, byte[] content, List<Header> headers) {
    throw new UnsupportedOperationException();
  }

  public HTTPResponse POST(String uri, List<NameValuePair> params, List<Header> headers) {
    throw new UnsupportedOperationException();
  }

  public HTTPResponse POST(String uri, Map<?, ?> params, List<Header> headers) {
    throw new UnsupportedOperationException();
  }

  public HTTPResponse POST(String uri, AsyncEntityProducer asyncEntityProducer, List<Header> headers) {
    throw new UnsupportedOperationException();
  }
}
