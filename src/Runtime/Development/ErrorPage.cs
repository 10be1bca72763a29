using System.Globalization;
using System.Net;
using System.Text;

namespace Prebake.Development;

/// <summary>
/// What development answers when a handler threw: a page for browsers, problem details (RFC 9457) for clients that ask for JSON, text for everyone
/// else. All that came from the request or the exception is encoded, and the page may run no script and load nothing.
/// </summary>
internal static class ErrorPage
{
    private const int LinesAround = 5;

    /// <summary>The answer, with status 500.</summary>
    public static Response Answer(Failure failure)
    {
        string accept = string.Join(',', failure.Fields.Where(field => field.Name.Equals("Accept", StringComparison.OrdinalIgnoreCase)).Select(field => field.Value));
        Response response = Prefers(accept) switch
        {
            "html" => Response.Html(Html(failure)),
            "json" => Json(failure),
            _ => Response.Text(Text(failure)),
        };

        response.Status = 500;
        response.Headers["Cache-Control"] = "no-store";
        response.Headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        response.Headers["X-Content-Type-Options"] = "nosniff";
        return response;
    }

    // Whichever a client names first; curl's */* gets text
    private static string Prefers(string accept)
    {
        foreach (string range in accept.Split(','))
        {
            string type = range.Split(';')[0].Trim().ToLowerInvariant();
            if (type is "text/html" or "application/xhtml+xml") return "html";
            if (type is "application/json" or "application/problem+json" || type.EndsWith("+json", StringComparison.Ordinal)) return "json";
            if (type is "text/plain") return "text";
        }

        return "text";
    }

    private static string Text(Failure failure)
    {
        var text = new StringBuilder();
        text.Append(failure.Method).Append(' ').Append(failure.Target).Append('\n');
        if (RouteOf(failure) is { Length: > 0 } route) text.Append(route).Append('\n');
        return text.Append('\n').Append(failure.Error).Append('\n').ToString();
    }

    private static Response Json(Failure failure)
    {
        string detail = $"{failure.Error.GetType()}: {failure.Error.Message}\n{failure.Error.StackTrace}";
        return Response.Problem(500, detail, title: failure.Error.Message);
    }

    private static string Html(Failure failure)
    {
        var page = new StringBuilder(8 << 10);
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
            .Append(Encode(failure.Error.Message)).Append("</title>\n<style>").Append(Style).Append("</style>\n</head>\n<body>\n<header>\n<p>")
            .Append(Encode(failure.Method)).Append(' ').Append(Encode(failure.Target)).Append("</p>\n<h1 id=\"message\">").Append(Encode(failure.Error.Message))
            .Append("</h1>\n</header>\n<main>\n");

        for (Exception? error = failure.Error; error is not null; error = error.InnerException) AppendException(page, error, error != failure.Error);
        AppendRoutes(page, failure);
        AppendRequest(page, failure);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void AppendException(StringBuilder page, Exception error, bool isInner)
    {
        page.Append("<section>\n<h2>").Append(isInner ? "caused by " : "").Append("<code>").Append(Encode(error.GetType().ToString())).Append("</code>");
        if (isInner) page.Append(": ").Append(Encode(error.Message));
        page.Append("</h2>\n");

        bool open = true;
        foreach (StackLine line in StackLines.Of(error))
        {
            IReadOnlyList<(int Number, string Text)> excerpt = StackLines.Excerpt(line, LinesAround);
            if (excerpt.Count == 0)
            {
                page.Append("<p class=\"frame\">").Append(Encode(line.Method));
                if (line.File is not null) page.Append(" <small>").Append(Encode(line.File)).Append(':').Append(line.Line).Append("</small>");
                page.Append("</p>\n");
                continue;
            }

            page.Append(open ? "<details open>" : "<details>").Append("<summary class=\"frame\">").Append(Encode(line.Method))
                .Append(" <small>").Append(Encode(line.File!)).Append(':').Append(line.Line).Append("</small></summary>\n<pre>");
            foreach ((int number, string text) in excerpt)
                page.Append(number == line.Line ? "<mark>" : "").Append(number.ToString(CultureInfo.InvariantCulture).PadLeft(5)).Append("  ").Append(Encode(text)).Append(number == line.Line ? "</mark>\n" : "\n");
            page.Append("</pre></details>\n");
            open = false;
        }

        page.Append("</section>\n");
    }

    private static void AppendRoutes(StringBuilder page, Failure failure)
    {
        string[] routes = failure.Table.Describe().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        page.Append("<section>\n<h2>Routes, in the order in which they are tried</h2>\n<pre id=\"routes\">");
        for (int i = 0; i < routes.Length; i++) page.Append(i == failure.Route ? "<mark>" : "").Append(Encode(routes[i])).Append(i == failure.Route ? "</mark>\n" : "\n");
        page.Append("</pre>\n");

        if (failure.Route >= 0 && failure.Table.ArmOf(failure.Route) is { Length: > 0 } arm)
            page.Append("<h2>The generated code that called the handler</h2>\n<pre id=\"arm\">").Append(Encode(arm)).Append("</pre>\n");
        page.Append("</section>\n");
    }

    private static void AppendRequest(StringBuilder page, Failure failure)
    {
        page.Append("<section>\n<h2>The request</h2>\n<table id=\"request\">\n");
        Row(page, failure.Method, failure.Target);
        foreach ((string name, string value) in failure.Fields) Row(page, name, value);
        page.Append("</table>\n</section>\n");
    }

    private static void Row(StringBuilder page, string name, string value) =>
        page.Append("<tr><th>").Append(Encode(name)).Append("</th><td>").Append(Encode(value)).Append("</td></tr>\n");

    /// <summary>The line of the route whose handler threw, or empty.</summary>
    private static string RouteOf(Failure failure) =>
        failure.Route < 0 ? "" : failure.Table.Describe().Split('\n').ElementAtOrDefault(failure.Route)?.Trim() ?? "";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private const string Style = """

        :root { color-scheme: light dark; --accent: #b5541c; font: 15px/1.5 system-ui, sans-serif; }
        body { margin: 0; }
        header { background: var(--accent); color: #fff; padding: 1.5rem 2rem; }
        header p { margin: 0; opacity: .85; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
        h1 { margin: .25rem 0 0; font-size: 1.6rem; overflow-wrap: anywhere; white-space: pre-wrap; }
        main { max-width: 75rem; padding: 0 2rem 3rem; }
        h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
        pre { background: color-mix(in srgb, currentColor 7%, transparent); padding: .75rem; overflow-x: auto; border-radius: .4rem; margin: .25rem 0 .75rem; }
        mark { background: var(--accent); color: #fff; }
        .frame { font-family: ui-monospace, monospace; font-size: .9rem; margin: .35rem 0; overflow-wrap: anywhere; }
        summary.frame { cursor: pointer; }
        small { opacity: .65; }
        table { border-collapse: collapse; font-family: ui-monospace, monospace; font-size: .9rem; }
        th, td { text-align: left; vertical-align: top; padding: .1rem 1rem .1rem 0; overflow-wrap: anywhere; }

        """;
}
