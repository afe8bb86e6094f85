// What runs at CloudFront for a site: which file stands for what is asked for, and that browsers ask again for what
// says nothing of keeping it. SITE stands behind this (modules/sites.py), elsewhere() before it.

function file(uri) {
  return uri.charAt(uri.length - 1) === '/' ? uri + SITE.index : uri;
}

// A browser would guess how long to keep what says nothing: a tenth of its age (RFC 9111, 4.2.2), so days for old pages.
function kept(response) {
  if (!response.headers['cache-control']) {
    response.headers['cache-control'] = { value: 'max-age=0, must-revalidate' };
  }
  return response;
}

async function handler(event) {
  if (event.context.eventType === 'viewer-response') {
    return kept(event.response);
  }
  const answer = await elsewhere(event.request);
  if (answer) {
    return answer;
  }
  event.request.uri = file(event.request.uri);
  return event.request;
}
