// Old addresses, from the site's list: a browser is sent on; a crawler that was declared is told of the new page under
// the old address, as that is what likes and shares were counted for. SITE stands behind this.

import cf from 'cloudfront';

const kvs = cf.kvs();

function upper(text) {
  return text.replace(/%[0-9a-fA-F]{2}/g, function (code) {
    return code.toUpperCase();
  });
}

// The path without a slash last, and of the query what the list knows: others add to it (fbclid, utm_source).
function address(request) {
  const path = upper(request.uri).replace(/\/+$/, '') || '/';
  const names = Object.keys(request.querystring).filter(function (name) {
    return SITE.query.indexOf(upper(name)) >= 0;
  });
  const query = names.sort().map(function (name) {
    return upper(name) + '=' + upper(request.querystring[name].value);
  });
  return { path: path, query: query };
}

// All that the list knows of a query, then one name alone, and then none: lines have one mostly.
function queries(query) {
  const together = query.length > 1 ? ['?' + query.join('&')] : [];
  const alone = query.map(function (each) {
    return '?' + each;
  });
  return together.concat(alone, ['']);
}

async function found(key) {
  try {
    return await kvs.get(key);
  } catch (error) {
    return null; // what the store hasn't is an error
  }
}

function html(text) {
  return text.replace(/[&<>"']/g, function (letter) {
    return '&#' + letter.charCodeAt(0) + ';';
  });
}

// Open Graph's words alone: no function sees the new page itself.
function told(request, query, to, title, image) {
  const old = html('https://' + request.headers.host.value + request.uri + query);
  const said = html(title || to);
  return {
    statusCode: 200,
    statusDescription: 'OK',
    headers: {
      'content-type': { value: 'text/html; charset=utf-8' },
      'cache-control': { value: 'max-age=0, must-revalidate' },
    },
    body: {
      encoding: 'text',
      data:
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>' + said + '</title>' +
        '<link rel="canonical" href="' + old + '">' +
        '<meta property="og:url" content="' + old + '">' +
        '<meta property="og:type" content="article">' +
        '<meta property="og:title" content="' + said + '">' +
        (image ? '<meta property="og:image" content="' + html(image) + '">' : '') +
        '</head><body><a href="' + html(to) + '">' + said + '</a></body></html>',
    },
  };
}

async function elsewhere(request) {
  const asked = address(request);
  const ways = queries(asked.query);
  let query = '';
  let value = null;
  for (let each = 0; each < ways.length && value === null; each++) {
    query = ways[each];
    value = await found(asked.path + query);
  }
  if (value === null) {
    return null;
  }
  const said = value.split('\n');
  const agent = (request.headers['user-agent'] || { value: '' }).value.toLowerCase();
  const crawls = SITE.crawlers.some(function (name) {
    return agent.indexOf(name) >= 0;
  });
  if (crawls) {
    return told(request, query, said[0], said[1], said[2]);
  }
  return {
    statusCode: 301,
    statusDescription: 'Moved Permanently',
    headers: { location: { value: said[0] }, 'cache-control': { value: 'max-age=3600' } },
  };
}
