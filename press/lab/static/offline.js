// The lab's service worker keeps what was loaded, so that later visits need no network.

const KEPT = "kl-lab";
const LASTING = /\/(?:pyodide|schemas)-[0-9a-f]{8}\/|[.-][0-9a-f]{7,}\.\w+(?:\?v=\w+)?$|\?_=\w+$|\.(?:woff2?|ttf)$/; // these names tell the content

// What is put here while a service worker is installed, the browser compiles, and keeps so: nearly half of each later start.
addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(compiled(@SCRIPTS@).catch(() => {})); // no room, or no network: each is asked for when it is its turn
});

async function compiled(scripts) {
  const cache = await caches.open(KEPT);
  await Promise.all(scripts.map(async (script) => {
    const address = new URL(script, registration.scope).href;
    const answer = (await cache.match(address)) ?? (await fetch(address));
    if (answer.ok) await cache.put(address, answer);
  }));
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !url.href.startsWith(registration.scope)) return;
  event.respondWith(LASTING.test(url.href) ? kept(request) : newest(request));
});

async function kept(request) {
  const cache = await caches.open(KEPT);
  return (await cache.match(request.url)) ?? keep(cache, request);
}

async function newest(request) {
  const cache = await caches.open(KEPT);
  try {
    return await keep(cache, request);
  } catch (error) {
    const known = await cache.match(request.url, { ignoreSearch: true });
    if (known) return known;
    throw error;
  }
}

async function keep(cache, request) {
  const answer = await fetch(request);
  if (answer.ok) {
    try {
      await cache.put(request.url, answer.clone());
    } catch {
      // No room: the page works, and loads it again the next time.
    }
  }
  return answer;
}

// What an earlier version of the lab left behind only takes room.
addEventListener("activate", (event) => {
  event.waitUntil(clients.claim());
  event.waitUntil((async () => {
    const answer = await fetch("files.json", { cache: "no-cache" });
    const wanted = new Set((await answer.json()).map((name) => new URL(name, registration.scope).href));
    const cache = await caches.open(KEPT);
    for (const { url } of await cache.keys()) {
      if (!wanted.has(url.replace(/[?#].*/, ""))) await cache.delete(url);
    }
  })().catch(() => {})); // offline: the next version will see to it
});
