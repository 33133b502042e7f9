{
  /** Of a set that was loaded. */
  answer = 43;
}
