using System.Text;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Plan;

/// <summary>A static route whose response is known.</summary>
internal sealed record PlannedConstant(PlannedRoute Route, StaticLayout Layout);

/// <summary>Responses and 304 heads one behind the other, and ten numbers for each route that say where its parts are.</summary>
internal sealed record StaticBlob(byte[] Bytes, int[] Numbers)
{
    /// <summary>Start, length, length of the head, date, tag, length of the tag, length of the 304 head, its date, status, whether the connection is closed.</summary>
    public const int Row = 10;
}

/// <summary>The static routes without files: those whose bytes are known, and those that are evaluated when the server starts.</summary>
internal sealed class StaticPlan
{
    // 64: what one still scrolls through. Beyond that all constants lie in one block of data.
    private const int MostNamed = 64;

    /// <param name="routes">Those without files. Their numbers are the first.</param>
    public StaticPlan(IReadOnlyList<PlannedRoute> routes)
    {
        Constants = routes.Where(route => route.Model.Static!.Body is not null).Select(route => new PlannedConstant(route, LayoutOf(route.Model))).ToArray();
        Baked = routes.Where(route => route.Model.Static!.Body is null).ToArray();
        Awaits = Baked.Any(route => route.Model.Member!.Result.Awaiting != Awaiting.None);
        if (Constants.Count > MostNamed) Blob = BlobOf(Constants, routes.Count);
    }

    public IReadOnlyList<PlannedConstant> Constants { get; }

    public IReadOnlyList<PlannedRoute> Baked { get; }

    /// <summary>One of <see cref="Baked"/> is a task.</summary>
    public bool Awaits { get; }

    /// <summary>Null where each constant has a name of its own.</summary>
    public StaticBlob? Blob { get; }

    private static StaticLayout LayoutOf(RouteModel route)
    {
        StaticModel how = route.Static!;
        return StaticLayout.Of(how.Status, how.ContentType, route.Fields, Encoding.UTF8.GetBytes(how.Body!), how.EntityTag);
    }

    private static StaticBlob BlobOf(IReadOnlyList<PlannedConstant> constants, int routes)
    {
        using var blob = new MemoryStream();
        int[] numbers = new int[routes * StaticBlob.Row];
        foreach ((PlannedRoute route, StaticLayout layout) in constants)
        {
            int[] row = [(int)blob.Length, layout.Head.Length + layout.Body.Length, layout.Head.Length, layout.DateOffset,
                layout.EntityTagOffset, layout.EntityTag.Length, layout.NotModified.Length, layout.NotModifiedDateOffset, layout.Status, layout.ClosesConnection ? 1 : 0];
            row.CopyTo(numbers, route.Number * StaticBlob.Row);
            blob.Write(layout.Head, 0, layout.Head.Length);
            blob.Write(layout.Body, 0, layout.Body.Length);
            blob.Write(layout.NotModified, 0, layout.NotModified.Length);
        }

        return new StaticBlob(blob.ToArray(), numbers);
    }
}
