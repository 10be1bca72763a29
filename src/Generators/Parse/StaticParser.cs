using System.Globalization;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;
using Prebake.Generators.Parse.Folding;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Static]</c> and <c>[Redirect]</c>.</summary>
internal static class StaticParser
{
    public static RouteModel? Parse(
        Annotated context, AppParser.Host host, AttributeData attribute, string key,
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

        if (type.IsBroken()) return null;
        if (member is IMethodSymbol called && !(RouteParser.CheckAsync(called, problems) && RouteParser.CheckCallable(called, problems))) return null;
        if (member is IPropertySymbol { GetMethod: null })
            problems.Add(Problem.At(Diagnostics.UncallableHandler, member.NameLocation(), label,
                "has no getter, so there is no value to send; add 'get'"));
        if (member is IMethodSymbol { Parameters.Length: > 0 } or IMethodSymbol { IsGenericMethod: true })
            problems.Add(Problem.At(Diagnostics.StaticParameters, member.NameLocation(), label));

        ResultModel? result = ResultParser.Parse(type, out bool streams);
        if (streams) problems.Add(Problem.At(Diagnostics.StaticStream, member.NameLocation(), label, type.ShortName()));
        else if (result is null or { Kind: ResultKind.Empty }) problems.Add(ResultParser.Refuse(type, member.NameLocation(), label));
        if (streams || result is null or { Kind: ResultKind.Empty }) return null;

        int status = attribute.Named("Status", 200);
        bool constant = attribute.Named("Constant", false);
        string? contentType = attribute.Named<string?>("ContentType", null);
        Known folding = Fold(member, context.SemanticModel, result, type, cancellation);
        string? body = folding.Body;
        // Nothing is what a 204 consists of
        if (Bodiless.Is(status) && member is IFieldSymbol { HasConstantValue: true, ConstantValue: null }) body = "";

        if (status is < 200 or > 599) problems.Add(Problem.At(Diagnostics.BadStatus, attribute.NamedLocation("Status"), status.ToString(CultureInfo.InvariantCulture)));
        if (Bodiless.Is(status) && (body is { Length: > 0 } || result.Kind == ResultKind.Json))
            problems.Add(Problem.At(Diagnostics.BodyWithoutBody, attribute.NamedLocation("Status"), label, status.ToString(CultureInfo.InvariantCulture)));
        if (folding.Json is null && host.App.CanEmit) AddTier(problems, member, attribute, label, constant, body is null ? folding.Reason : null);
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
        var model = new MemberModel(kind, member.Name, member.IsStatic, EquatableArray<ParameterModel>.Empty, result, false, null, null) { IsForbidden = member.IsForbiddenMember() };
        var how = new StaticModel(status, contentType, attribute.Named("ETag", true), body, constant, null) { Json = folding.Json, JsonType = folding.JsonType };
        if (folding.Response is { } response)
        {
            // What the member says about itself beats what its attributes say
            fields = fields.Where(field => !response.Fields.Any(own => own.Is(field.Name))).Concat(response.Fields).ToEquatable();
            how = how with { Status = response.Status == 0 ? status : response.Status, ContentType = response.ContentType ?? contentType, FindsMetadata = folding.Json is not null };
            if (Bodiless.Is(how.Status) && (body is { Length: > 0 } || folding.Json is not null))
                problems.Add(Problem.At(Diagnostics.BodyWithoutBody, member.NameLocation(), label, how.Status.ToString(CultureInfo.InvariantCulture)));
        }

        return new RouteModel(host.App, key, RouteKind.Static, label, pattern, methods, model, how, fields);
    }

    /// <summary>What is known of a member's value.</summary>
    private readonly record struct Known(string? Body, JsonValue? Json, string? JsonType, FoldedResponse? Response, string Reason);

    private static Known Fold(ISymbol member, SemanticModel semantics, ResultModel result, ITypeSymbol type, CancellationToken cancellation)
    {
        if (member is IFieldSymbol { HasConstantValue: true, ConstantValue: string text } && result.Kind == ResultKind.Text) return new(text, null, null, null, "");
        if (result.Awaiting != Awaiting.None) return new(null, null, null, null, "it is a task");

        var folder = new ConstantFolder(semantics.Compilation, cancellation);
        FoldedValue? value = folder.Fold(member, Scope.App);
        string reason = folder.Reason ?? "";
        switch (value)
        {
            case null:
                return new(null, null, null, null, reason);
            case FoldedConstant { Value: null }:
                return new(null, null, null, null, "it is null");
            case FoldedResponse response:
                return new(response.Body, response.Json, response.JsonType, response, reason);
            case FoldedConstant { Value: string content } when result.Kind == ResultKind.Text:
                return new(content, null, null, null, reason);
            case not null when result.Kind is ResultKind.Utf8 or ResultKind.Bytes:
                return new(ResponseFolder.TextOf(value), null, null, null, "its bytes are not UTF-8");
            case not null when result.Kind == ResultKind.Json:
                JsonValue? json = new JsonFolder(folder, new ExpressionFolder(folder, semantics, cancellation)).Fold(value, type);
                return new(null, json, result.Type, null, folder.Reason ?? "");
            default:
                return new(null, null, null, null, "its type is not one of a body");
        }
    }

    /// <summary>Tells the editor which tier a member is in, or the user that it is not the one that was asked for.</summary>
    private static void AddTier(List<Problem> problems, ISymbol member, AttributeData attribute, string label, bool mustBeConstant, string? reason)
    {
        if (reason is null) problems.Add(Problem.At(Diagnostics.ConstantTier, member.NameLocation(), label));
        else if (mustBeConstant) problems.Add(Problem.At(Diagnostics.NotConstant, attribute.NamedLocation("Constant"), label, reason));
        else problems.Add(Problem.At(Diagnostics.StartTier, member.NameLocation(), label, reason));
    }

    public static Parsed ParseRedirects(Annotated context, CancellationToken cancellation) =>
        ClassAttributeParser.Parse(context, KnownNames.Redirect, (host, attribute, key, problems) =>
        {
            PatternModel? pattern = RouteParser.ParsePattern(host, attribute, exact: true, problems);
            EquatableArray<string> methods = ParseMethods(attribute, problems);
            if (attribute.ConstructorArguments.Any(argument => argument.Kind == TypedConstantKind.Error)) return null;

            string target = attribute.Text(1) ?? "";
            int status = attribute.ConstructorArguments is [_, _, { Value: int given }] ? given : 302;

            if (target.Length == 0) problems.Add(Problem.At(Diagnostics.EmptyTarget, attribute.ArgumentLocation(1), context.TargetSymbol.Name));
            if (target.Any(c => c is <= ' ' or > '~'))
                problems.Add(Problem.At(Diagnostics.FieldValue, attribute.ArgumentLocation(1), "Location"));
            if (status is not (301 or 302 or 303 or 307 or 308))
                problems.Add(Problem.At(Diagnostics.RedirectStatus, attribute.ArgumentLocation(2), status.ToString(CultureInfo.InvariantCulture)));
            if (pattern is null) return null;

            var fields = host.Fields.Where(field => !field.Is("Location")).Concat([new StaticField("Location", target)]).ToEquatable();
            return new RouteModel(host.App, key, RouteKind.Redirect, context.TargetSymbol.Name + " [Redirect]", pattern, methods, null,
                new StaticModel(status, null, false, "", true, target), fields)
            {
                // It tells nothing but where else to ask
                IsOpen = true,
            };
        });

    private static EquatableArray<string> ParseMethods(AttributeData attribute, List<Problem> problems)
    {
        EquatableArray<string> methods = MethodNames.Split(attribute.Named<string?>("Methods", null));
        if (methods.FirstOrDefault(name => !MethodNames.IsValid(name)) is { } wrong)
            problems.Add(Problem.At(Diagnostics.BadMethod, attribute.NamedLocation("Methods"), wrong));
        return methods;
    }
}
