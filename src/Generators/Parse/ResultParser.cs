using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Decides what is sent for a return type.</summary>
internal static class ResultParser
{
    /// <summary>Null when nothing can be sent; <paramref name="streams"/> says whether it is a stream or a sequence, whether that can be sent or not.</summary>
    public static ResultModel? Parse(ITypeSymbol type, out bool streams)
    {
        Awaiting awaiting = Awaiting.None;
        if (type.PlainName() is "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask")
        {
            awaiting = type.Name == "Task" ? Awaiting.Task : Awaiting.ValueTask;
            if (type is not INamedTypeSymbol { TypeArguments: [ITypeSymbol inner] })
            {
                streams = false;
                return new ResultModel(ResultKind.Empty, awaiting, "", false, false);
            }

            type = inner;
        }

        streams = IsStream(type);
        if (streams) return awaiting == Awaiting.None && ElementOf(type) is { } element ? Sequence(element) : null;

        if (type.SpecialType == SpecialType.System_Void) return new ResultModel(ResultKind.Empty, awaiting, "", false, false);
        if (type.SpecialType == SpecialType.System_String) return new ResultModel(ResultKind.Text, awaiting, "string", false, false);
        if (type is INamedTypeSymbol { Arity: 0 } && type.PlainName() == "Prebake.Response") return new ResultModel(ResultKind.Response, awaiting, type.FullName(), false, false);
        if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte }) return new ResultModel(ResultKind.Bytes, awaiting, "byte[]", false, false);
        if (IsSpanOf(type, SpecialType.System_Byte)) return awaiting == Awaiting.None ? new ResultModel(ResultKind.Utf8, awaiting, "", false, true) : null;

        if (type is INamedTypeSymbol { TypeArguments: [var either] } && type.PlainName() == "Prebake.Response")
            return ReasonAgainst(either) is null && either.TypeKind is not TypeKind.TypeParameter && either.OriginalDefinition.SpecialType != SpecialType.System_Nullable_T
                ? new ResultModel(ResultKind.Either, awaiting, either.FullName(), false, either.IsValueType) { Hidden = either.HiddenPart()?.FullName() }
                : null;
        if (ReasonAgainst(type) is not null || type.IsRefLikeType || type.TypeKind is TypeKind.Delegate or TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Dynamic or TypeKind.TypeParameter
            || type.PlainName() is "System.Net.Http.HttpResponseMessage" or "System.ReadOnlyMemory" or "System.Memory") return null;

        // The metadata of a task of Nullable<T> is that of Nullable<T> itself: its null is seen behind the task
        if (awaiting == Awaiting.None && type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            return new ResultModel(ResultKind.Json, awaiting, nullable.TypeArguments[0].FullName(), true, true) { Hidden = type.HiddenPart()?.FullName() };

        return new ResultModel(ResultKind.Json, awaiting, type.FullName(), false, type.IsValueType) { Hidden = type.HiddenPart()?.FullName() };
    }

    /// <summary>The message about a type that cannot be sent.</summary>
    public static Problem Refuse(ITypeSymbol type, Location? place, string label) =>
        Problem.At(Diagnostics.ReturnType, place, label, type.ShortName(), ReasonFor(Inner(type)) ?? "");

    private static string? ReasonFor(ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [INamedTypeSymbol { Arity: 1 } either] } when either.PlainName() == "Prebake.Response" =>
            $": null is not one of the responses that it can be; return '{either.ShortName()}'",
        INamedTypeSymbol { TypeArguments: [INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable] } when type.PlainName() == "Prebake.Response" =>
            $": null has no JSON of its own here; return 'Response<{nullable.TypeArguments[0].ShortName()}>', "
                + "and another response in place of null",
        INamedTypeSymbol { TypeArguments: [var inner] } when type.PlainName() == "Prebake.Response" => ReasonAgainst(inner),
        _ => ReasonAgainst(type),
    };

    private static ITypeSymbol Inner(ITypeSymbol type) =>
        type is INamedTypeSymbol { TypeArguments: [{ } inner] } && type.PlainName() is "System.Threading.Tasks.Task" or "System.Threading.Tasks.ValueTask"
            ? ((INamedTypeSymbol)type).TypeArguments[0]
            : type;

    /// <summary>Why JSON metadata would not help: a clause for the message, or null.</summary>
    public static string? ReasonAgainst(ITypeSymbol type)
    {
        switch (type)
        {
            case INamedTypeSymbol { IsTupleType: true }:
                return ": the elements of a tuple have no names in JSON, so declare a record";
            case INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T, TypeArguments: [var inner] }:
                return ReasonAgainst(inner);
            case IDynamicTypeSymbol:
                return ": what 'dynamic' will be is not known when the app is built, so declare a record";
            case IPointerTypeSymbol or IFunctionPointerTypeSymbol: return ": a pointer is not data";
            case IArrayTypeSymbol array: return ReasonAgainst(array.ElementType);
        }

        for (ITypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            if (ReasonAgainstThis(ancestor) is { } reason) return reason;

        string? against = null;
        foreach (INamedTypeSymbol implemented in type.AllInterfaces)
            if ((against = ReasonAgainstThis(implemented)) is not null) break;

        return against
            // What the members of a framework's type are is what its arguments are
            ?? (type as INamedTypeSymbol)?.TypeArguments.Select(ReasonAgainst).FirstOrDefault(reason => reason is not null);
    }

    // Most bases and interfaces have other names, and a whole name is text that is made
    private static string? ReasonAgainstThis(ITypeSymbol type) =>
        s_namesAgainst.Contains(type.Name) && s_reasonsAgainst.TryGetValue(type.PlainName(), out string? reason) ? reason : null;

    private const string NotData = ": it is not data";
    private const string StreamIsNotData = ": a stream is not data; read it, or send it with Response.Stream(…)";
    private const string NotSequence = ": it is not a sequence that can be sent; return an IAsyncEnumerable<T>";
    private const string TaskInTask = ": a task in a task is awaited once only, so await the inner one";

    private static readonly Dictionary<string, string> s_reasonsAgainst = new()
    {
        ["System.Threading.Tasks.Task"] = TaskInTask,
        ["System.Threading.Tasks.ValueTask"] = TaskInTask,
        ["System.Lazy"] = ": a value that is made later is not a value, so return its 'Value'",
        ["System.Type"] = NotData,
        ["System.Threading.CancellationToken"] = NotData,
        ["System.IntPtr"] = NotData,
        ["System.UIntPtr"] = NotData,
        ["System.Delegate"] = NotData,
        ["System.Exception"] =
            ": an exception is not data, and would tell what nobody outside should know; throw it, or send its message",
        ["System.IO.Stream"] = StreamIsNotData,
        ["System.IO.Pipelines.PipeReader"] = StreamIsNotData,
        ["System.Collections.Generic.IAsyncEnumerator"] = NotSequence,
        ["System.Threading.Channels.ChannelReader"] = NotSequence,
        ["System.IObservable"] = NotSequence,
        ["Prebake.WebSocketHandler"] = ": it is the handler of a WebSocket; use [WebSocket] in place of this attribute",
        ["Prebake.ServerSentEvent"] = ": one event is not a response; return an IAsyncEnumerable<ServerSentEvent>",
        ["Prebake.Response"] =
            ": it is a response already and not data; return it by itself, or Response<T> of a type of your own",
        ["Prebake.UploadedFile"] = ": a file is not JSON; ask for 'UploadedFile', or for a list of them",
        ["Prebake.Request"] = NotData,
        ["Prebake.Server"] = NotData,
    };

    // Without their namespaces
    private static readonly HashSet<string> s_namesAgainst = new(s_reasonsAgainst.Keys.Select(name => name.Substring(name.LastIndexOf('.') + 1)));

    public static bool IsSpanOf(ITypeSymbol type, SpecialType element) =>
        type is INamedTypeSymbol { TypeArguments: [ITypeSymbol argument] } && type.Is("System.ReadOnlySpan") && argument.SpecialType == element;

    private static ResultModel Sequence(ITypeSymbol element)
    {
        ResultKind kind = element switch
        {
            { SpecialType: SpecialType.System_String } => ResultKind.Pieces,
            IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte } => ResultKind.Pieces,
            INamedTypeSymbol { TypeArguments: [{ SpecialType: SpecialType.System_Byte }] } when element.PlainName() == "System.ReadOnlyMemory" => ResultKind.Pieces,
            _ when element.PlainName() == "Prebake.ServerSentEvent" => ResultKind.Events,
            _ => ResultKind.JsonLines,
        };
        return new ResultModel(kind, Awaiting.None, element.FullName(), false, element.IsValueType) { Hidden = element.HiddenPart()?.FullName() };
    }

    /// <summary>What a sequence yields, if it is one and is sure of it.</summary>
    private static ITypeSymbol? ElementOf(ITypeSymbol type)
    {
        INamedTypeSymbol[] sequences = type.AllInterfaces.Concat(type is INamedTypeSymbol named ? [named] : [])
            .Where(implemented => implemented.PlainName() == "System.Collections.Generic.IAsyncEnumerable").ToArray();
        return sequences is [{ TypeArguments: [{ TypeKind: not TypeKind.TypeParameter } element] }] && (element.PlainName() == "Prebake.ServerSentEvent" || ReasonAgainst(element) is null)
            ? element
            : null;
    }

    public static bool IsStream(ITypeSymbol type)
    {
        if (type.Is("System.Collections.Generic.IAsyncEnumerable") || type.Is("System.IO.Pipelines.PipeReader")) return true;
        if (type.AllInterfaces.Any(implemented => implemented.Is("System.Collections.Generic.IAsyncEnumerable"))) return true;

        for (ITypeSymbol? ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
            if (ancestor.Is("System.IO.Stream")) return true;

        return false;
    }
}
