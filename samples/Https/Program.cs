// https, also for those who come with http, and who they are if they show a certificate.
// On your machine: a certificate of its own. Elsewhere: TLS_CERTIFICATE and TLS_KEY name its files, TLS_CLIENTS the authorities of clients.
string? certificate = Environment.GetEnvironmentVariable("TLS_CERTIFICATE"), key = Environment.GetEnvironmentVariable("TLS_KEY");
string? clients = Environment.GetEnvironmentVariable("TLS_CLIENTS");

TlsOptions tls = certificate is null || key is null ? TlsOptions.Development : TlsOptions.FromPemFiles(certificate, key);
if (clients is not null) tls = tls with { ClientCertificates = ClientCertificates.Allow(clients) };

Serve.Run<App>(args, new ServeOptions { Tls = [tls], HttpsRedirect = 8080 });

[Hsts(1)]
partial class App
{
    [Static("/")] const string Home = "Hello over TLS!";

    [Get("/who")] string Who(Request request) => request.ClientCertificate?.Subject ?? "nobody that I know";
}
