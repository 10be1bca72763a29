using System.Net;
using System.Net.Http;

namespace Prebake.Testing;

/// <summary>
/// The cookies of one client. A machine's own addresses are as trustworthy as https (Secure Contexts, section 3.1), so
/// that cookies with Secure work there without, as they do in browsers.
/// </summary>
internal sealed class TestCookies
{
    private readonly CookieContainer _kept = new();

    public void AddTo(HttpRequestMessage request)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } uri) return;

        string cookies = _kept.GetCookieHeader(Origin(uri));
        if (cookies.Length > 0) request.Headers.TryAddWithoutValidation("Cookie", cookies);
    }

    public void TakeFrom(HttpResponseMessage response)
    {
        if (response.RequestMessage?.RequestUri is not { IsAbsoluteUri: true } uri) return;
        if (!response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? cookies)) return;

        foreach (string cookie in cookies)
        {
            try
            {
                _kept.SetCookies(Origin(uri), cookie);
            }
            catch (CookieException)
            {
                // One that a client does not take
            }
        }
    }

    private static Uri Origin(Uri uri) => uri.IsLoopback ? new UriBuilder(uri) { Scheme = "https" }.Uri : uri;
}
