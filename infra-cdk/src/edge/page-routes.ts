/**
 * Code of a CloudFront function: the app's own routes are all its one page. As a custom error response of the
 * distribution it would also turn the API's 404s into that page.
 */
export function pageRoutesFunction(routes: readonly string[]): string {
  const exact = routes.filter((route) => !route.endsWith('*'));
  const prefixes = routes.filter((route) => route.endsWith('*')).map((route) => route.slice(0, -1));
  return `function handler(event) {
  var request = event.request;
  var exact = ${JSON.stringify(exact)};
  var prefixes = ${JSON.stringify(prefixes)};
  if (exact.includes(request.uri) || prefixes.some((prefix) => request.uri.startsWith(prefix))) {
    request.uri = '/index.html';
  }
  return request;
}
`;
}
