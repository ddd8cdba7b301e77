package org.ngrinder.http;

/** Declared as in nGrinder 3.5.9-p1, module ngrinder-runtime. Times are in milliseconds. */
public class HTTPRequestControl {
  public static long getConnectionTimeout() {
    return 0;
  }

  public static void setConnectionTimeout(long connectionTimeout) {}

  public static long getSocketTimeout() {
    return 0;
  }

  public static void setSocketTimeout(long socketTimeout) {}
}
