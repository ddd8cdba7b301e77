package org.ngrinder.http;

public class HTTPResponse {
  public int getStatusCode() {
    return 0;
  }
}
