using System.Text.RegularExpressions;

namespace Prebake.Generators.Tests;

/// <summary>The routing rules, written down the slow and obvious way: list what fits, sort by precedence.</summary>
internal sealed class ReferenceRouter
{
    private readonly List<Route> _routes;

    public ReferenceRouter(IEnumerable<(string Method, string Pattern)> routes)
    {
        _routes = routes.Select((route, id) => new Route(id, route.Method, route.Pattern)).ToList();
        _routes.Sort((left, right) => left.ComparePrecedence(right));
    }

    /// <summary>Everything that fits, in the order in which it is to be tried, with the values of its parameters.</summary>
    public IEnumerable<string> Answers(string method, string path)
    {
        foreach (Route route in _routes)
        {
            bool fits = route.Method == method
                || (method == "HEAD" && route.Method == "GET" && !_routes.Any(other => other.Method == "HEAD" && other.Shape == route.Shape));
            if (fits && route.Match(path) is { } values) yield return route.Id + ":" + string.Join("|", values);
        }
    }

    public ISet<string> Methods(string path)
    {
        var methods = _routes.Where(route => route.Match(path) is not null).Select(route => route.Method).ToHashSet();
        if (methods.Contains("GET")) methods.Add("HEAD");
        return methods;
    }

    private sealed class Route
    {
        private readonly string[] _segments;
        private readonly Regex _regex;

        public Route(int id, string method, string pattern)
        {
            Id = id;
            Method = method;
            Shape = Regex.Replace(pattern, @"\{\*?\w+\}", match => match.Value[1] == '*' ? "{*}" : "{}");
            _segments = Shape[1..].Split('/');
            // Right to left, the last occurrence of a literal: the first parameter is greedy
            _regex = new Regex("^" + string.Concat(Regex.Split(Shape, @"(\{\*?\})").Select(part => part switch
            {
                "{}" => "([^/]+)",
                "{*}" => "(.*)",
                _ => Regex.Escape(part),
            })) + "$", RegexOptions.CultureInvariant);
        }

        public int Id { get; }
        public string Method { get; }
        public string Shape { get; }

        public string[]? Match(string path)
        {
            Match match = _regex.Match(path);
            return match.Success ? match.Groups.Values.Skip(1).Select(group => Uri.UnescapeDataString(group.Value)).ToArray() : null;
        }

        public int ComparePrecedence(Route other)
        {
            // Literal paths before patterns: the same as segment by segment, for any path that both fit
            int exact = (Shape.Contains('{') ? 1 : 0) - (other.Shape.Contains('{') ? 1 : 0);
            if (exact != 0) return exact;

            for (int i = 0; i < Math.Min(_segments.Length, other._segments.Length); i++)
            {
                string left = _segments[i], right = other._segments[i];
                int order = Rank(left) - Rank(right);
                if (order == 0) order = right.Replace("{}", "").Length - left.Replace("{}", "").Length;
                if (order == 0) order = string.CompareOrdinal(left, right);
                if (order != 0) return order;
            }

            return _segments.Length - other._segments.Length;
        }

        private static int Rank(string segment) => segment switch { "{*}" => 3, "{}" => 2, _ when segment.Contains("{}") => 1, _ => 0 };
    }
}
