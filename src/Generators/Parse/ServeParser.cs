using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Serve]</c>: its properties become the initialiser of the options in the written <c>Main</c>.</summary>
internal static class ServeParser
{
    public static (ServeModel Model, EquatableArray<Problem> Problems, RoutePlace Place) Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        AttributeData attribute = context.Attributes[0];
        var problems = new List<Problem>();
        var options = new List<string>();

        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Value.Value is not { } value) continue;

            if (argument.Key == "Port" && value is int port and (< 0 or > 65535))
                problems.Add(Problem.At(Diagnostics.BadPort, attribute.NamedLocation("Port"), port.ToString(CultureInfo.InvariantCulture)));
            if (value is < 0.0 || (argument.Key, value) is ("MaxRequestBodySize", < 0L) or ("MaxConnections", < 0))
                problems.Add(Problem.At(Diagnostics.BadLimit, attribute.NamedLocation(argument.Key), Convert.ToString(value, CultureInfo.InvariantCulture)!));

            string literal = value switch
            {
                string text => SymbolDisplay.FormatLiteral(text, quote: true),
                bool flag => flag ? "true" : "false",
                double seconds => seconds == 0
                    ? "global::System.Threading.Timeout.InfiniteTimeSpan"
                    : "global::System.TimeSpan.FromSeconds(" + seconds.ToString("R", CultureInfo.InvariantCulture) + "d)",
                _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
            };
            options.Add(argument.Key + " = " + literal);
        }

        if (attribute.Named<string?>("Hostname", null) is not null && attribute.Named<string?>("Unix", null) is not null)
            problems.Add(Problem.At(Diagnostics.HostnameAndUnix, attribute.NamedLocation("Unix")));

        string key = type.GetDocumentationCommentId() + "|" + KnownNames.Serve;
        return (new ServeModel(type.FullName(), key, options.ToEquatable()), problems.ToEquatable(), new RoutePlace(key, Place.Of(attribute.ArgumentLocation(99))));
    }
}
