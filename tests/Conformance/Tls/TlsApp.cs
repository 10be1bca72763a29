namespace Prebake.Conformance.Tls;

/// <summary>Says what it knows of the connection.</summary>
internal sealed partial class TlsApp
{
    [Static("/")] private const string Home = "hello";
    [Get("/url")] private static string Url(Request request) => $"{request.Url} {request.IsHttps}";
    [Get("/who")] private static string Who(Request request) => request.ClientCertificate?.Subject ?? "nobody";

    [Get("/who-later")]
    private static async Task<string> WhoLater(Request request)
    {
        await Task.Yield();
        return request.ClientCertificate?.Subject ?? "nobody";
    }
}
