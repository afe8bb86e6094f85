async function elsewhere() {
  return null;
}
