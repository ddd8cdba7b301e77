package org.ngrinder.http;

public final class HTTPRequestControl {
  public static void setConnectionTimeout(int milliseconds) {}

  public static void setSocketTimeout(int milliseconds) {}
}
