using System.Globalization;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;
using Prebake.Routing;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Static]</c> and <c>[Redirect]</c>.</summary>
internal static class StaticParser
{
    public static RouteModel? Parse(
        GeneratorAttributeSyntaxContext context, AppParser.Host host, AttributeData attribute, string key,
        EquatableArray<StaticField> fields, List<Problem> problems, CancellationToken cancellation)
    {
        ISymbol member = context.TargetSymbol;
        string label = RouteParser.LabelOf(member);
        if (RouteParser.ParsePattern(host, attribute, exact: true, problems) is not { } pattern) return null;

        (MemberKind kind, ITypeSymbol type) = member switch
        {
            IMethodSymbol method => (MemberKind.Method, method.ReturnType),
            IPropertySymbol property => (MemberKind.Property, property.Type),
            _ => (MemberKind.Field, ((IFieldSymbol)member).Type),
        };

        if (type.TypeKind == TypeKind.Error) return null;
        if (member is IMethodSymbol { Parameters.Length: > 0 } or IMethodSymbol { IsGenericMethod: true } or IPropertySymbol { GetMethod: null })
            problems.Add(Problem.At(Diagnostics.StaticParameters, member.NameLocation(), label));

        ResultModel? result = ResultParser.Parse(type, out bool streams);
        if (streams) problems.Add(Problem.At(Diagnostics.StaticStream, member.NameLocation(), label, type.ShortName()));
        else if (result is null or { Kind: ResultKind.Empty }) problems.Add(Problem.At(Diagnostics.ReturnType, member.NameLocation(), label, type.ShortName()));
        if (result is null or { Kind: ResultKind.Empty }) return null;

        string? body = result.Kind is ResultKind.Text or ResultKind.Utf8 or ResultKind.Bytes && result.Awaiting == Awaiting.None
            ? ConstantFolder.Fold(member, context.TargetNode, context.SemanticModel, cancellation)
            : null;

        int status = attribute.Named("Status", 200);
        // Nothing is what a 204 consists of
        if (status is 204 or 304 && member is IFieldSymbol { HasConstantValue: true, ConstantValue: null }) body = "";
        bool constant = attribute.Named("Constant", false);
        string? contentType = attribute.Named<string?>("ContentType", null);

        if (status is < 200 or > 599) problems.Add(Problem.At(Diagnostics.BadStatus, attribute.NamedLocation("Status"), status.ToString(CultureInfo.InvariantCulture)));
        if (status is 204 or 304 && (body is { Length: > 0 } || result.Kind == ResultKind.Json))
            problems.Add(Problem.At(Diagnostics.BodyWithoutBody, attribute.NamedLocation("Status"), label, status.ToString(CultureInfo.InvariantCulture)));
        if (constant && body is null) problems.Add(Problem.At(Diagnostics.NotConstant, attribute.NamedLocation("Constant"), label));
        if (contentType is not null && !FieldSyntax.IsValue(contentType)) problems.Add(Problem.At(Diagnostics.FieldValue, attribute.NamedLocation("ContentType"), "Content-Type"));
        if (fields.Any(field => field.Is("Set-Cookie"))) problems.Add(Problem.At(Diagnostics.StaticCookie, member.NameLocation(), label));

        contentType ??= fields.FirstOrDefault(field => field.Is("Content-Type")).Value ?? MediaType.OfPath(pattern.Text) ?? result.Kind switch
        {
            ResultKind.Text or ResultKind.Utf8 => MediaType.Text,
            ResultKind.Json => MediaType.Json,
            _ => null,
        };
        if (contentType is null && result.Kind == ResultKind.Bytes) problems.Add(Problem.At(Diagnostics.BytesWithoutType, member.NameLocation(), label));

        EquatableArray<string> methods = ParseMethods(attribute, problems);
        var model = new MemberModel(kind, member.Name, member.IsStatic, EquatableArray<ParameterModel>.Empty, result, false, null, null);
        var how = new StaticModel(status, contentType, attribute.Named("ETag", true), body, constant, null);
        return new RouteModel(host.App, key, RouteKind.Static, label, pattern, methods, model, how, fields);
    }

    public static Parsed ParseRedirects(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        var problems = new List<Problem>();
        var routes = new List<RouteModel>();
        var places = new List<RoutePlace>();
        AppParser.Host host = AppParser.Parse(type, problems);

        for (int i = 0; i < context.Attributes.Length; i++)
        {
            AttributeData attribute = context.Attributes[i];
            string key = type.GetDocumentationCommentId() + "|" + KnownNames.Redirect + "|" + i.ToString(CultureInfo.InvariantCulture);
            int before = problems.Count;

            PatternModel? pattern = RouteParser.ParsePattern(host, attribute, exact: true, problems);
            EquatableArray<string> methods = ParseMethods(attribute, problems);
            string target = attribute.Text(1) ?? "";
            int status = attribute.ConstructorArguments is [_, _, { Value: int given }] ? given : 302;

            if (target.Length == 0 || target.Any(c => c is <= ' ' or > '~'))
                problems.Add(Problem.At(Diagnostics.FieldValue, attribute.ArgumentLocation(1), "Location"));
            if (status is not (301 or 302 or 303 or 307 or 308))
                problems.Add(Problem.At(Diagnostics.RedirectStatus, attribute.ArgumentLocation(2), status.ToString(CultureInfo.InvariantCulture)));

            places.Add(new RoutePlace(key, Place.Of(attribute.ArgumentLocation(0))));
            if (pattern is null || problems.Count > before) continue;

            var fields = host.Fields.Where(field => !field.Is("Location")).Concat([new StaticField("Location", target)]).ToEquatable();
            routes.Add(new RouteModel(host.App, key, RouteKind.Redirect, type.Name + " [Redirect]", pattern, methods, null,
                new StaticModel(status, null, false, "", true, target), fields));
        }

        return new Parsed(routes.ToEquatable(), problems.ToEquatable(), places.ToEquatable()) { Host = host.App };
    }

    private static EquatableArray<string> ParseMethods(AttributeData attribute, List<Problem> problems)
    {
        EquatableArray<string> methods = MethodNames.Split(attribute.Named<string?>("Methods", null));
        if (methods.FirstOrDefault(name => !MethodNames.IsValid(name)) is { } wrong)
            problems.Add(Problem.At(Diagnostics.BadMethod, attribute.NamedLocation("Methods"), wrong));
        return methods;
    }
}
